"""The shapes of the API: the same models validate what comes, write what is answered and make the OpenAPI document."""

import re
from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator
from pydantic_core import PydanticCustomError

from queueing.states import CounterState, StepState

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
Names = dict[str, str]
ServiceCode = Annotated[str, Field(max_length=16)]
Text = Annotated[str, Field(max_length=500)]


class Asked(BaseModel):
    """A request body: types are strict and a field that is not known is a mistake, never ignored."""

    model_config = ConfigDict(extra="forbid", strict=True)

    @field_validator("*")
    @classmethod
    def storable(cls, value: object) -> object:
        """Refuses text that no database takes: NUL and halves of surrogate pairs."""
        for text in value if isinstance(value, list) else [value]:
            if isinstance(text, str) and any(c == "\0" or "\ud800" <= c <= "\udfff" for c in text):
                raise ValueError("not storable text")
        return value


class Nothing(Asked):
    """An empty request."""


class AskTicket(Asked):
    """A ticket for one or several services."""

    services: list[ServiceCode] = Field(max_length=100)
    priority: str | None = None
    language: str | None = None
    channel: Literal["kiosk", "web", "staff", "import"] | None = None
    name: str | None = None
    phone: str | None = None


class AskOpen(Asked):
    """Services in place of the counter's own until it closes."""

    services: list[ServiceCode] | None = Field(None, max_length=100)


class AskNext(Asked):
    """`finish` ends the person who is at the counter first."""

    finish: bool = False


class AskCall(Asked):
    """Where a chosen person is called."""

    counter: int = Field(ge=0, le=9999)


class AskReason(Asked):
    """Why, in the clerk's words."""

    reason: Text | None = None


class AskTransfer(Asked):
    """Where a person is sent: a service, one counter alone, or both."""

    service: ServiceCode | None = None
    counter: int | None = Field(None, ge=0, le=9999)
    note: Text | None = None


class AskSteps(Asked):
    """Services added to a visit, and planned ones that are dropped."""

    add: list[ServiceCode] = Field([], max_length=20)
    drop: list[ServiceCode] = Field([], max_length=20)


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


class CentreDetail(Centre):
    """A centre with its week (`["08:00-12:00"]` by weekday), languages, counters and priority groups."""

    hours: dict[str, list[str]]
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
    """What people come for, and how busy it is."""

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
    estimate: Estimate | None
    appointments: bool
    documents: list[Document]


class Services(Answer):
    """A centre's services, in the catalogue's order."""

    services: list[Service]


class BoardCall(Answer):
    """One call. `ticket` is an opaque id."""

    ticket: str
    number: str
    counter: int
    counter_label: str
    service: str
    called_at: str
    recalls: int


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
    """A step of the visit; `finished_at` is when it ended, whatever the outcome."""

    code: str
    name: str
    state: StepState
    finished_at: str | None


class Ticket(Answer):
    """A visit. `token`, `url` and `qr_svg_url` are null unless the asker made the ticket or holds it.

    `may_pass`: the person waits and has not let others go first yet.
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
    issued_at: str
    called_at: str | None
    position: int | None
    may_pass: bool
    estimate: Estimate | None
    url: str | None
    qr_svg_url: str | None


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


class Period(BaseModel):
    """Business dates, both included."""

    model_config = ConfigDict(extra="forbid")
    first: date = Field(alias="from")
    last: date = Field(alias="to")

    @field_validator("first", "last", mode="before")
    @classmethod
    def a_day(cls, value: str) -> str:
        """Takes `2026-11-24` alone: pydantic would also take an hour with it, and seconds since 1970."""
        if not _DAY.fullmatch(value):
            raise PydanticCustomError("not-a-date", "not a date")
        return value


class StatisticsQuery(Period):
    """A period and what to group it by."""

    by: Literal["service", "hour", "weekday", "day", "counter", "channel", "priority"] = "service"
