"""The shapes that the API takes: the same models validate what comes and make the OpenAPI document."""

import re
from datetime import UTC, date, datetime
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator
from pydantic_core import PydanticCustomError

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
ServiceCode = Annotated[str, Field(max_length=16)]
DocumentCode = Annotated[str, Field(max_length=64)]
Text = Annotated[str, Field(max_length=500)]


def _a_day(value: object) -> object:
    """Takes `2026-11-24` alone: pydantic would also take an hour with it, and seconds since 1970."""
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        raise PydanticCustomError("not-a-date", "not a date")
    return value


Day = Annotated[date, Field(strict=False), BeforeValidator(_a_day)]


def _an_instant(value: object) -> object:
    """Takes RFC 3339 with an offset: which morning a time without one means, nobody knows."""
    try:
        instant = datetime.fromisoformat(value) if isinstance(value, str) and len(value) <= MOST_INSTANT else None
    except ValueError:
        instant = None
    if instant is None or instant.tzinfo is None or not YEARS[0] <= instant.year <= YEARS[1]:
        raise PydanticCustomError("not-an-instant", "not an instant")
    return instant.astimezone(UTC)


MOST_INSTANT = 40
YEARS = 1971, 9000  # on both sides of which no date has a neighbour in every zone
Instant = Annotated[datetime, Field(strict=False), BeforeValidator(_an_instant)]


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


class AskServing(Asked):
    """Somebody who stands at a counter, with one or several services."""

    services: list[ServiceCode] = Field(max_length=100)
    priority: str | None = None
    language: str | None = None
    name: str | None = None
    phone: str | None = None


class AskTicket(AskServing):
    """A ticket for one or several services, and how the person came."""

    channel: Literal["kiosk", "web", "staff", "import"] | None = None


class AskAppointment(AskServing):
    """A time that a slot begins at; `hold` keeps it for ten minutes, until it is confirmed."""

    start: Instant
    email: str | None = None
    hold: bool = False


class AskMove(Asked):
    """Another time for an appointment."""

    start: Instant


class AskSlots(Asked):
    """A service, and the days (centre-local, with them); without them, from today as far ahead as is booked."""

    service: ServiceCode
    first: Day | None = Field(None, alias="from")
    last: Day | None = Field(None, alias="to")


class AskOpen(Asked):
    """Services in place of the counter's own until it closes."""

    services: list[ServiceCode] | None = Field(None, max_length=100)


class AskNext(Asked):
    """`finish` ends the person who is at the counter first."""

    finish: bool = False


class AskPause(Asked):
    """Why nobody is called for a while: `meal`, `rest`, `errand`, `meeting` or `fault`."""

    reason: Text | None = None


class AskCall(Asked):
    """Where a chosen person is called, and why this one."""

    counter: int = Field(ge=0, le=9999)
    reason: Text | None = None


class AskReason(Asked):
    """Why, in the clerk's words."""

    reason: Text | None = None


class AskHold(AskReason):
    """Why, and the documents of the service that the person goes to fetch."""

    missing: list[DocumentCode] = Field([], max_length=100)


class AskFinish(Asked):
    """From when on what was asked for can be collected."""

    ready_on: Day | None = None


class AskTransfer(Asked):
    """Where a person is sent: a service, one counter alone, or both."""

    service: ServiceCode | None = None
    counter: int | None = Field(None, ge=0, le=9999)
    note: Text | None = None


class AskSteps(Asked):
    """Services added to a visit, and planned ones that are dropped."""

    add: list[ServiceCode] = Field([], max_length=20)
    drop: list[ServiceCode] = Field([], max_length=20)


class AskPriority(Asked):
    """The group that staff have confirmed or given; null withdraws it."""

    priority: str | None


class AskDetails(Asked):
    """What is given once: null or nothing leaves a field as it is, an empty text or list takes it away."""

    name: str | None = None
    phone: str | None = None
    reference: str | None = None
    documents: list[DocumentCode] | None = Field(None, max_length=100)


class Period(BaseModel):
    """Business dates, both included."""

    model_config = ConfigDict(extra="forbid")
    first: Day = Field(alias="from")
    last: Day = Field(alias="to")


class StatisticsQuery(Period):
    """A period and what to group it by."""

    by: Literal["service", "hour", "weekday", "day", "counter", "channel", "priority"] = "service"
