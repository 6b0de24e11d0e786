"""Every refusal as status code and sentence: one table for the API's problem documents and the pages' kind words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from answers.dates import come_again, plain_date
from answers.words import _, named, say
from queueing.refusals import CentreClosed, Invalid, NotFound, Refused, ServiceFull

TYPE = "/api/docs#"


@dataclass(frozen=True, slots=True)
class Problem:
    """A refusal in the reader's words (RFC 9457)."""

    status: int
    slug: str
    title: str
    detail: str
    errors: list[dict[str, str]] = field(default_factory=list)

    @property
    def words(self) -> str:
        """What a page says of it: each mistake, or what to do."""
        return " ".join(mistake["message"] for mistake in self.errors) or self.detail

    def document(self) -> dict[str, Any]:
        """The problem+json object."""
        said = {"type": TYPE + self.slug, "title": self.title, "status": self.status, "detail": self.detail}
        return {**said, "errors": self.errors} if self.errors else said


# slug: status, title, what to do
REFUSALS: Mapping[str, tuple[int, str, str]] = {
    "malformed-json": (400, _("Not JSON"), _("The request is not a JSON object. Check commas, quotes and braces.")),
    "unauthorized": (401, _("Who are you?"), _("Send a valid token in the Authorization header.")),
    "forbidden": (403, _("Not allowed"), _("This token may not do that at this centre.")),
    "not-found": (404, _("Not found"), _("There is nothing at this address.")),
    "method-not-allowed": (405, _("Not possible here"), _("This address does not take {method} requests.")),
    "too-large": (413, _("Too large"), _("The request is larger than this address takes.")),
    "not-json": (415, _("Not JSON"), _("Send the request as application/json.")),
    "invalid": (422, _("Please check what you sent"), _("Some values do not fit; see errors.")),
    "idempotency-key-reused": (
        422,
        _("Key used before"),
        _("This Idempotency-Key came before with another request. Use a new key."),
    ),
    "too-many": (429, _("Too many requests"), _("Wait a little and try again.")),
    "stale-form": (
        400,
        _("This page was open too long"),
        _("Nothing was changed. Go back, reload the page, try again."),
    ),
    "busy": (503, _("Busy"), _("The database is busy. Nothing was changed; try again.")),
    "broken": (500, _("Something went wrong"), _("The mistake is ours. Nothing was changed; try again.")),
    "wrong-state": (409, _("Not possible now"), _("Ticket {number} is {state}; this can't be done to it now.")),
    "counter-closed": (409, _("Counter is not open"), _("Open counter {counter} first.")),
    "counter-busy": (409, _("Somebody is at the counter"), _("Counter {counter} still has ticket {number}.")),
    "service-closed": (409, _("Service is closed"), _("{service} gives no tickets now.")),
    "centre-closed": (409, _("The centre is closed"), _("No tickets are given now. See the opening hours.")),
    "recalls-used-up": (409, _("Called often enough"), _("Ticket {number} was recalled {times} times already.")),
    "recall-too-soon": (409, _("Just called"), _("Wait a moment before you recall ticket {number} again.")),
    "grace-over": (409, _("Came back too late"), _("Ticket {number} was missed over {minutes} minutes ago.")),
    "passed-already": (409, _("Others went first already"), _("Ticket {number} has let others go first once.")),
    "came-back-already": (409, _("Came back once already"), _("Ticket {number} came back once. Please ask the staff.")),
    "nothing-to-undo": (
        409,
        _("Nothing to undo"),
        _("The last press at counter {counter} can't be undone any more. Nothing was changed."),
    ),
    "remote-full": (
        409,
        _("No more places by phone now"),
        _("The other places are kept for people in the centre. Please come, book a time, or try again later."),
    ),
    "remote-day-full": (
        409,
        _("No more tickets by phone today"),
        _("No more tickets are given by phone today. Please come, or book a time."),
    ),
    "remote-too-late": (
        409,
        _("Too late for today"),
        _("So many people are waiting that you may not be served today. Please book a time."),
    ),
    "slot-full": (409, _("This time is taken"), _("Somebody else was first. Choose another time.")),
    "slot-unavailable": (409, _("Not at that time"), _("No appointment is given at that time. Choose another one.")),
    "hold-expired": (409, _("The ten minutes are over"), _("The time was kept for ten minutes. Choose a time again.")),
    "not-confirmed": (409, _("Not booked yet"), _("The time is kept, and not booked yet. Confirm it first.")),
    "too-early": (409, _("You are early"), _("You can check in from {start} on. Please wait until then.")),
    "not-today": (409, _("Not today"), _("This appointment is on {day} at {start}. Please come then, or move it.")),
    "too-late-to-change": (
        409,
        _("Too late to change"),
        _("This could be moved or cancelled here until {until} on {day}. If you can't come, please tell the staff."),
    ),
    "appointments-without-slot": (
        409,
        _("Appointments would lose their time"),
        _("So many appointments would be without a time: {appointments}. Decide what becomes of them first."),
    ),
    "no-later-slot": (
        409,
        _("No later time is free"),
        _("No later time is free for appointment {reference}. Nothing was changed: open more times first, or cancel."),
    ),
    "appointment-missed": (
        409,
        _("The appointment is over"),
        _("Nobody came to this appointment. Book another one, or take a ticket for today."),
    ),
    "appointment-cancelled": (
        409,
        _("The appointment is cancelled"),
        _("This appointment was cancelled. Book another one, or take a ticket for today."),
    ),
    "checked-in-already": (409, _("Checked in already"), _("This appointment has become a ticket.")),
    "clock-behind": (
        409,
        _("The clock is wrong"),
        _("This machine's clock is behind what was already recorded. Set its date and time."),
    ),
}

MISTAKES: Mapping[str, str] = {
    "none-chosen": _("Choose at least one."),
    "named-twice": _("Each may be named once."),
    "unknown": _("“{value}” is not known at this centre."),
    "too-long": _("At most {most} characters."),
    "too-many-values": _("At most {most} of them."),
    "too-short": _("At least {least} characters."),
    "not-a-phone-number": _("A phone number has digits, spaces, + and - only."),
    "no-such-reference": _("No appointment here has the reference “{value}”. Please check its six signs."),
    "no-such-code": _("This code is no appointment of ours. Please type the reference."),
    "appointment-elsewhere": _("This appointment is at another centre."),
    "not-an-email": _("An e-mail address looks like name@example.com."),
    "not-an-instant": _("A time is written with its offset, as 2026-11-24T09:30:00+07:00."),
    "service-or-counter": _("Name a service or a counter."),
    "role-needs-centre": _("The role {role} needs a centre."),
    "taken": _("“{value}” is taken."),
    "required": _("This is needed."),
    "not-a-date": _("A date is written as 2026-11-24."),
    "dates-backwards": _("The last day is before the first."),
    "not-yours": _("You can't choose this."),
    "ends-before-it-begins": _("The end must be later than the beginning."),
    "hours-overlap": _("The second hours begin before the first ones end."),
    "not-in-the-break": _("Tickets must open again within the break."),
    "no-such-series": _("No service has the series “{value}”; there are {known}."),
    "no-paper-series": _("The series “{value}” can have no pad: its paper numbers would be those of another series."),
    "not-so-many": _("From 1 to {most}."),
    "not-a-paper-number": _("“{value}” is not a number of a paper ticket; they look like {like}."),
    "entered-before": _("{value} of that day was entered before. A number is entered once."),
    "listed-twice": _("{value} stands in this list twice."),
    "still-to-come": _("This is still to come."),
    "too-long-ago": _("This is more than {most} days ago."),
    "times-backwards": _("This is earlier than the time before it."),
    "was-not-called": _("Leave this empty for somebody who was not called."),
    "day-is-over": _("That day is over: choose what became of this person."),
    "day-goes-on": _("The centre has not closed yet: whoever was not called still waits."),
    "not-a-limit": _("A whole number from 1 to {most}; nothing for as many as come."),
    "not-between": _("A whole number from {least} to {most}."),
    "weekday-or-date": _("Choose weekdays, or one date."),
    "longer-than-session": _("This is longer than the session."),
    "sessions-meet": _("Another session gives appointments for one of these services at that time."),
    "not-a-time": _("A time is written as 08:30; midnight at the end of a day as 24:00."),
    "not-a-date-ahead": _("Choose a day from today on, within a year."),
    "day-is-past": _("This day is past."),
    "time-is-past": _("This time is past. Choose a later one."),
    "day-has-ended": _("The centre has closed for that day already."),
    "not-open-then": _("The centre is not open then. Choose a time within that day's opening hours."),
    "not-the-same": _("The two passwords are not the same."),
    "yourself": _("You can't do this to yourself."),
    "unknown-code": _("No screen of this centre shows this code now. Codes change after ten minutes."),
    "bad-key": _("A key has 1 to 255 printable characters."),
    "bad-value": _("This value does not fit here."),
    "unknown-field": _("There is no such field."),
}

STATES: Mapping[str, str] = {
    "waiting": _("waiting"),
    "called": _("called"),
    "serving": _("being served"),
    "on_hold": _("set aside"),
    "finished": _("finished"),
    "no_show": _("missed"),
    "left": _("gone"),
    "cancelled": _("cancelled"),
    "expired": _("expired"),
    "planned": _("planned"),
    "transferred": _("transferred"),
    "dropped": _("dropped"),
}


def problem(slug: str, language: str, **facts: object) -> Problem:
    """A refusal by its slug, in a language. Raises KeyError for a slug without words."""
    status, title, detail = REFUSALS[slug]
    return Problem(status, slug, say(language, title), say(language, detail, _worded(language, facts)))


# Where the opening hours do not say why.
_CLOSED: Mapping[str, str] = {
    "paused": _("The centre has stopped giving tickets for now. Please ask the staff."),
}


def problem_of(error: Refused | Invalid | NotFound, language: str) -> Problem:
    """The refusal that an error stands for, in a language."""
    if isinstance(error, NotFound):
        return problem("not-found", language)
    if isinstance(error, Invalid):
        return invalid(language, [(error.field, error.reason, error.facts)])
    said = problem(error.slug, language, **error.facts)
    if isinstance(error, ServiceFull):
        return replace(said, detail=_full(error, language))
    why = _CLOSED.get(str(error.facts.get("why"))) if isinstance(error, CentreClosed) else None
    return replace(said, detail=say(language, why)) if why else said


def _full(error: ServiceFull, language: str) -> str:
    no_more = say(language, _("No more tickets for {service} today."), {"service": named(error.names, language)})
    return f"{no_more} {come_again(error.again, error.today, language)}".rstrip()


def invalid(language: str, mistakes: Sequence[tuple[str, str, Mapping[str, object]]]) -> Problem:
    """What does not fit, field by field: (field, reason, facts)."""
    said = problem("invalid", language)
    errors = [{"field": where, "message": say(language, MISTAKES[reason], facts)} for where, reason, facts in mistakes]
    return Problem(said.status, said.slug, said.title, said.detail, errors)


def _worded(language: str, facts: Mapping[str, object]) -> dict[str, object]:
    worded = {key: value.isoformat() if isinstance(value, datetime) else value for key, value in facts.items()}
    worded |= {key: plain_date(day, language) for key, day in facts.items() if type(day) is date}
    if "state" in worded:
        worded["state"] = say(language, STATES.get(str(worded["state"]), str(worded["state"])))
    return worded
