"""The shapes that the API answers in: the same models write what is answered and make the OpenAPI document."""

from datetime import date

from pydantic import BaseModel, ConfigDict, Field

from queueing.appointments import AppointmentState
from queueing.states import CounterState, StepState

Names = dict[str, str]


class Answer(BaseModel):
    """What is answered."""

    model_config = ConfigDict(extra="forbid")


class Centre(Answer):
    """A centre in the list; `today` are this day's hours (`["08:00-12:00"]`), none on a holiday."""

    code: str
    name: str
    names: Names
    time_zone: str
    open_now: bool
    today: list[str]


class Centres(Answer):
    """All centres."""

    centres: list[Centre]


class CounterPlace(Answer):
    """A counter as the building knows it."""

    counter: int
    label: str
    labels: Names
    services: list[str]
    accessible: bool


class PriorityGroup(Answer):
    """People with a head start."""

    code: str
    name: str
    names: Names
    minutes: float


class EarlyClosing(Answer):
    """A date, from today on, on which the centre closes before its usual time."""

    day: str
    closes_at: str


class CentreDetail(Centre):
    """A centre with its week (`["08:00-12:00"]` by weekday), languages, counters and priority groups."""

    hours: dict[str, list[str]]
    early_closings: list[EarlyClosing]
    languages: list[str]
    counters: list[CounterPlace]
    priority_groups: list[PriorityGroup]
    remote_tickets: bool


class Estimate(Answer):
    """Seconds from now."""

    p10: float
    p50: float
    p90: float


class Document(Answer):
    """A paper to bring."""

    code: str
    name: str
    names: Names


class Service(Answer):
    """What people come for, and how busy it is.

    `tickets_left` is of today, null without a daily limit; `fits_today` says whether one more person is served before
    closing, as far as can be told, null where no counter is open for it.
    """

    code: str
    series: str
    name: str
    names: Names
    group: str | None
    group_names: Names
    then: list[str]
    waiting: int
    open_counters: int
    open: bool
    daily_limit: int | None
    tickets_left: int | None
    fits_today: bool | None
    estimate: Estimate | None
    appointments: bool
    documents: list[Document]


class Services(Answer):
    """A centre's services, in the catalogue's order."""

    services: list[Service]


class BoardCall(Answer):
    """One call. `ticket` is an opaque id; a `quiet` call is shown and not announced: the person was there already."""

    ticket: str
    number: str
    counter: int
    counter_label: str
    service: str
    called_at: str
    recalls: int
    quiet: bool


class Waiting(Answer):
    """People waiting, in all and by service."""

    total: int
    by_service: dict[str, int]


class BoardCounter(Answer):
    """A counter now; `number` is the ticket called or served there, `ticket_state` which of the two."""

    counter: int
    label: str
    state: CounterState
    number: str | None
    ticket_state: StepState | None


class Board(Answer):
    """The waiting room's picture."""

    centre: str
    seq: int
    at: str
    calls: list[BoardCall]
    waiting: Waiting
    counters: list[BoardCounter]
    notice: str | None
    notices: Names | None


class CounterNow(BoardCounter):
    """A counter as its clerk sees it."""

    services: list[str]


class TicketStep(Answer):
    """A step of the visit; `finished_at` is when it ended, whatever the outcome.

    `missing` are the documents that the person went to fetch, `ready_on` when what was asked for can be collected.
    """

    code: str
    name: str
    state: StepState
    finished_at: str | None
    missing: list[Document]
    ready_on: date | None


class Ticket(Answer):
    """A visit. `token`, `url` and `qr_svg_url` are null unless the asker made the ticket or holds it.

    `may_pass`: the person waits and has not let others go first yet. `may_come_back`: on hold, or missed and within the
    grace period that ends with `come_back_until`, and has not come back to this queue yet. `priority_confirmed`: staff
    have seen that the group is right.
    """

    id: str
    token: str | None
    number: str
    centre: str
    state: StepState
    services: list[TicketStep]
    service: str
    counter: int | None
    channel: str
    priority: str | None
    priority_confirmed: bool
    issued_at: str
    called_at: str | None
    position: int | None
    may_pass: bool
    on_way: bool
    may_come_back: bool
    come_back_until: str | None
    estimate: Estimate | None
    url: str | None
    qr_svg_url: str | None


class Tickets(Answer):
    """The tickets that a press has changed, the last one first."""

    tickets: list[Ticket]


class QueuedTicket(Ticket):
    """A waiting ticket and why it stands in its place."""

    why: str
    joined_at: str
    due_at: str


class Queue(Answer):
    """All who wait, in the order in which they would be called."""

    centre: str
    seq: int
    at: str
    tickets: list[QueuedTicket]


class Problem(Answer):
    """RFC 9457."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[dict[str, str]] | None = None


class Durations(Answer):
    """Seconds."""

    count: int
    mean: float | None
    median: float | None
    p80: float | None
    p90: float | None
    p95: float | None
    max: float | None


class EstimateError(Answer):
    """How announced waits kept to what happened; `mean` is wait − p50."""

    count: int
    mean: float | None
    mae: float | None
    p50_coverage: float | None
    p90_coverage: float | None


class Measures(Answer):
    """The measures of some ended steps."""

    tickets: int
    steps: int
    served: int
    no_show: int
    left: int
    expired: int
    cancelled: int
    transferred: int
    wait: Durations
    walk: Durations
    service: Durations
    within_target: float | None
    estimate_error: EstimateError


class StatisticsGroup(Measures):
    """The measures of the steps that share a key."""

    key: str | int | None
    label: str


class Statistics(Answer):
    """A period's measures."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)
    first: date = Field(alias="from")
    last: date = Field(alias="to")
    by: str
    groups: list[StatisticsGroup]
    total: Measures


class Slot(Answer):
    """A time that can be booked, and how many places of it are free."""

    start: str
    end: str
    free: int


class Slots(Answer):
    """Times with a free place, in order."""

    slots: list[Slot]


class Appointment(Answer):
    """An appointment, for who made it or holds its token. `expires_at` is of a hold that is not confirmed."""

    reference: str
    token: str
    centre: str
    services: list[str]
    state: AppointmentState
    start: str
    end: str
    expires_at: str | None
    url: str
    ics_url: str
