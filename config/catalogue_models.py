"""The tables of a catalogue as types: what each key means, in which unit, and within which bounds.

A field whose alias holds `{}` is one text with a key for each language: `note_{}` stands for `note_lo`, `note_en`.
Validation takes `{"locales": [...], "default_locale": "lo"}` as its context.
"""

import re
from collections.abc import Iterable
from datetime import date
from functools import cache
from itertools import combinations, pairwise
from typing import Annotated, Any
from zoneinfo import ZoneInfo, available_timezones

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticCustomError

from queueing import slots as booked

DAY = 24 * 60

Names = dict[str, str]
Minutes = tuple[int, int]

_SPLIT_AM = re.compile("\u0ecd[\u0ec8-\u0ecb]?\u0eb2")  # also with the tone mark between its halves
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]")  # a note may have lines


def wrong(words: str) -> PydanticCustomError:
    """A mistake in words that go to the reader as they are."""
    return PydanticCustomError("told", "{words}", {"words": words})


def _matching(pattern: str, words: str) -> AfterValidator:
    def check(value: str) -> str:
        if not re.fullmatch(pattern, value):
            raise wrong(f"must be {words}, not '{value}'")
        return value

    return AfterValidator(check)


def _readable(text: str) -> str:
    if not text.strip():
        raise wrong("is empty")
    if _CONTROL.search(text):
        raise wrong("holds a control character that nobody can see")
    if _SPLIT_AM.search(text):
        raise wrong("writes \u0eb3 as two characters (U+0ECD U+0EB2); it is one (U+0EB3)")
    return text


def _in_default_language(texts: Names, info: ValidationInfo) -> Names:
    default = (info.context or {}).get("default_locale")
    if default and default not in texts:
        raise PydanticCustomError("missing", "missing")
    return texts


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def _zone(name: object) -> ZoneInfo:
    if not isinstance(name, str) or name not in _zones():
        raise wrong(f'must be a time zone in quotes, like "Asia/Vientiane", not {name!r}')
    return ZoneInfo(name)


def minute_of_day(value: object) -> int:
    """Minutes since midnight of "08:30"; "24:00" is the midnight that ends the day."""
    found = re.fullmatch("([0-9]{2}):([0-5][0-9])", value) if isinstance(value, str) else None
    minute = int(found[1]) * 60 + int(found[2]) if found else DAY + 1
    if minute > DAY:
        raise wrong(f'must be a time in quotes, like "08:00" or "24:00", not {value!r}')
    return minute


def _interval(value: object) -> Minutes:
    start, dash, end = value.partition("-") if isinstance(value, str) else ("", "", "")
    if not dash:
        raise wrong(f'must be hours in quotes, like "08:00-12:00", not {value!r}')
    minutes = minute_of_day(start), minute_of_day(end)
    if minutes[0] >= minutes[1]:
        raise wrong(f"ends before it begins: '{value}'")
    return minutes


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


def _in_order(day: tuple[Minutes, ...]) -> tuple[Minutes, ...]:
    for (_, end), (start, _) in pairwise(day):
        if start < end:
            raise wrong(f"has hours that begin at {_clock(start)}, before those ahead of them end at {_clock(end)}")
    return day


Locale = Annotated[str, _matching("(?=.{2,16}$)[a-z]{2,3}(-[A-Za-z0-9]{2,8})*", "a language like lo, en or zh-Hant")]
CentreCode = Annotated[str, _matching("[A-Z0-9]{1,12}", "1 to 12 capital letters and digits")]
Code = Annotated[str, _matching("[A-Z0-9_]{1,16}", "1 to 16 capital letters, digits and _")]
Series = Annotated[str, _matching("[A-Z]{1,3}", "1 to 3 capital letters")]
GroupCode = Annotated[str, _matching("[A-Za-z0-9_]{1,16}", "1 to 16 letters, digits and _")]
Word = Annotated[str, _matching("[A-Za-z0-9_-]{1,32}", "1 to 32 letters, digits, - and _")]
Zone = Annotated[Any, BeforeValidator(_zone), PlainSerializer(str)]
MinuteOfDay = Annotated[int, BeforeValidator(minute_of_day)]
Interval = Annotated[Minutes, BeforeValidator(_interval)]
Spans = Annotated[tuple[Interval, ...], AfterValidator(_in_order)]
Text = Annotated[str, AfterValidator(_readable)]
Texts = Annotated[dict[str, Text], AfterValidator(_in_default_language)]
Day = Annotated[date, Field(strict=True)]
Flag = Annotated[bool, Field(strict=True)]
Count = Annotated[int, Field(strict=True, ge=0, le=1000)]
UpToTwoWeeks = Annotated[int, Field(strict=True, ge=0, le=14 * DAY)]
Weekday = Annotated[str, _matching("mon|tue|wed|thu|fri|sat|sun", "mon, tue, wed, thu, fri, sat or sun")]
Length = Annotated[float, Field(strict=True, ge=0, le=DAY, allow_inf_nan=False)]
Percent = Annotated[float, Field(strict=True, ge=0, le=100, allow_inf_nan=False)]


class Table(BaseModel):
    """A table of the file: it has the keys of its fields and no other."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    @classmethod
    def templates(cls) -> list[str]:
        """The keys that are written once for each language, with `{}` where the language stands."""
        return [alias for field in cls.model_fields.values() if "{}" in (alias := str(field.validation_alias))]

    @classmethod
    def keys(cls, locales: Iterable[str]) -> list[str]:
        """Every key that the file may have here."""
        every = [str(field.validation_alias or name) for name, field in cls.model_fields.items()]
        plain = [key for key in every if "{}" not in key]
        return plain + [template.replace("{}", locale) for locale in locales for template in cls.templates()]

    @model_validator(mode="before")
    @classmethod
    def _gather_languages(cls, given: Any, info: ValidationInfo) -> Any:
        if not isinstance(given, dict):
            return given
        gathered = dict(given)
        for template in cls.templates():
            if template in given:
                raise wrong(f"holds the key '{template}', which is not known")
            keys = {locale: template.replace("{}", locale) for locale in (info.context or {}).get("locales", ())}
            texts = {locale: gathered.pop(key) for locale, key in keys.items() if key in gathered}
            if texts:
                gathered[template] = texts
        return gathered


class Named(Table):
    """What people know by a name; `names` has one for each language, at least in the default one."""

    names: Texts = Field(validation_alias="{}")


def _names(given: Any, info: ValidationInfo) -> Names:
    return Named.model_validate(given, context=info.context).names


JustNames = Annotated[dict[str, str], BeforeValidator(_names)]


class Defaults(Table):
    """`[defaults]`: what holds for every centre that says nothing else."""

    timezone: Zone = Field(default_factory=lambda: ZoneInfo("UTC"))  # a centre without any is a mistake
    ticket_digits: Annotated[int, Field(strict=True, ge=3, le=9)] = 3
    ticket_reset: Annotated[str, _matching("daily", "daily")] = "daily"
    target_percent: Percent = Field(80, description="Share of people to be called within their service's target.")
    near_turn_ahead: Count = Field(3, description="How many people ahead when a citizen is told that it is near.")
    recall_times: Count = Field(2, description="Recalls after the first call, before a no-show.")
    recall_cooldown_seconds: Annotated[float, Field(strict=True, ge=0, le=3600, allow_inf_nan=False)] = 0
    no_show_grace_minutes: Length = 10
    max_credit_minutes: Length = 60
    appointment_slot_minutes: Annotated[int, Field(strict=True, ge=1, le=DAY)] = 30
    appointment_max_days_ahead: Count = 14
    appointment_early_minutes: Length = Field(30, description="How long before its time one may check in.")
    appointment_late_minutes: Length = Field(15, description="How long after its time it keeps its credit.")
    appointment_credit_minutes: Length = 60
    appointment_share_percent: Percent = Field(50, description="Not used: a session keeps places for walk-ins.")
    last_ticket_before_close_minutes: Length = 0
    retention_days_personal: Annotated[int, Field(strict=True, ge=0, le=3650)] = 30
    remote_tickets: Flag = Field(False, description="A phone may join today's queue.")
    remote_share_percent: Percent = Field(50, description="The most of those in line who may be on their way.")
    remote_tickets_a_day: Annotated[int, Field(strict=True, ge=1, le=9999)] | None = Field(
        None, description="So many tickets by phone a day; without it, as many as come."
    )
    fee: Texts = Field(validation_alias="fee_{}", default_factory=dict)


class Holiday(Named):
    """A date on which every centre is closed."""

    date: Day


class Priority(Named):
    """People with a head start in the queue."""

    code: Code
    weight_minutes: Length = Field(description="The head start; a centre's max_credit_minutes bounds it.")
    enabled: Flag = Field(True, description="Given at the centres that do not list their own groups.")
    icon: Word | None = None
    accessible_counter: Flag = Field(False, description="Needs a counter without steps.")


class Document(Named):
    """A paper to bring."""

    state_held: Flag = Field(False, description="Issued by an authority of the state.")
    review: Flag = Field(False, description="A native reader is to confirm the wording.")


class Service(Named):
    """What people come for."""

    code: Code
    series: Series
    note: Texts = Field(validation_alias="note_{}", default_factory=dict)
    group: str | None = None
    target_minutes: Length = Field(description="Within how long people should be called.")
    expected_minutes: Annotated[Length, Field(gt=0)] = Field(description="First guess of the time at the counter.")
    documents: tuple[str, ...] = ()
    appointment: Flag = Field(False, description="Times can be booked.")
    slot_capacity: Count = Field(0, description="Appointments in one slot.")
    then: tuple[str, ...] = Field((), description="Services that follow in the same visit.")
    daily_limit: Annotated[int, Field(strict=True, ge=1, le=9999)] | None = Field(
        None, description="So many tickets a day, then no more; without it, as many as come."
    )
    processing_days: Count | None = Field(None, description="Days until the result can be collected.")
    basis: Word | None = Field(None, description="Where the facts come from.")
    review: Flag = Field(False, description="A native reader is to confirm the wording.")
    enabled: Flag = True


class Lunch(Named):
    """A break, in minutes since midnight; tickets for the time after it are given from `tickets_open`."""

    start: MinuteOfDay
    end: MinuteOfDay
    tickets_open: MinuteOfDay

    @field_validator("end")
    @classmethod
    def _after_start(cls, end: int, info: ValidationInfo) -> int:
        if end <= info.data.get("start", -1):
            raise wrong(f"must be later than start, not {_clock(end)}")
        return end

    @field_validator("tickets_open")
    @classmethod
    def _within_break(cls, opens: int, info: ValidationInfo) -> int:
        break_is_known = {"start", "end"} <= info.data.keys()  # else one mistake would be told twice
        if break_is_known and not info.data["start"] <= opens <= info.data["end"]:
            raise wrong(f"must be within the break, not {_clock(opens)}")
        return opens


class Week(Table):
    """Opening hours by weekday, in minutes since midnight; a day without any is written `[]`."""

    mon: Spans
    tue: Spans
    wed: Spans
    thu: Spans
    fri: Spans
    sat: Spans
    sun: Spans

    @property
    def days(self) -> tuple[tuple[Minutes, ...], ...]:
        """Seven days, Monday first."""
        return self.mon, self.tue, self.wed, self.thu, self.fri, self.sat, self.sun


class Counter(Named):
    """A place where people are served."""

    number: Annotated[int, Field(strict=True, ge=1, le=9999)]
    accessible: Flag = Field(False, description="Can be reached without steps.")
    services: tuple[str, ...]
    skills: tuple[str, ...] | None = Field(
        None, description="What it may help with when people wait too long; everything, unless it says."
    )


class Session(Table):
    """When services can be booked, and by how many people in one slot: on weekdays, or on one date."""

    weekdays: tuple[Weekday, ...] = ()
    date: Day | None = Field(None, description="In place of the weekday's sessions.")
    hours: Interval
    services: Annotated[tuple[str, ...], Field(min_length=1)]
    slot_minutes: Annotated[int, Field(strict=True, ge=5, le=480)]
    capacity: Annotated[int, Field(strict=True, ge=0, le=999)] = Field(description="For each of the services.")
    walk_in_percent: Annotated[int, Field(strict=True, ge=0, le=100)] = Field(0, description="Can't be booked.")
    lead_minutes: UpToTwoWeeks = 0
    days_ahead: Annotated[int, Field(strict=True, ge=0, le=366)] | None = None
    cut_off_minutes: UpToTwoWeeks = 0

    @field_validator("slot_minutes")
    @classmethod
    def _within_hours(cls, length: int, info: ValidationInfo) -> int:
        start, end = info.data.get("hours", (0, DAY))
        if length > end - start:
            raise wrong(f"is longer than the session, not {length}")
        return length

    def each(self) -> list[booked.Session]:
        """As the rules know them: one of the date, or one of each weekday; their ids are given when they are stored."""
        numbers = [list(Week.model_fields).index(day) + 1 for day in self.weekdays]
        days = [(None, self.date)] if self.date else [(number, None) for number in numbers]
        return [
            booked.Session(
                id=0,
                weekday=weekday,
                day=day,
                start=self.hours[0],
                end=self.hours[1],
                services=self.services,
                length=self.slot_minutes,
                capacity=self.capacity,
                kept=self.walk_in_percent,
                lead=self.lead_minutes,
                days_ahead=self.days_ahead,
                cut_off=self.cut_off_minutes,
            )
            for weekday, day in days
        ]


class Centre(Named, Defaults):
    """A centre. Loaded, it holds all that is true of it: what it says itself, else what `[defaults]` says for it."""

    code: CentreCode
    level: Word | None = None
    short: Texts = Field(validation_alias="short_{}", default_factory=dict)
    province: Texts = Field(validation_alias="province_{}", default_factory=dict)
    languages: Annotated[tuple[str, ...], Field(min_length=1)]
    sample: Flag = Field(False, description="Its figures are made up.")
    services: Annotated[tuple[str, ...], Field(min_length=1)] = Field(description="In the order of the screens.")
    priorities: tuple[str, ...] = Field((), description="Groups given here; those enabled, unless it lists its own.")
    hours: Week
    lunch: Lunch | None = None
    counters: Annotated[tuple[Counter, ...], Field(min_length=1)]
    sessions: tuple[Session, ...] | None = Field(None, description="Without any, they are the managers' alone.")

    @field_validator("sessions")
    @classmethod
    def _apart(cls, sessions: tuple[Session, ...] | None) -> tuple[Session, ...] | None:
        every = [one for session in sessions or () for one in session.each()]
        if any(one.meets(other) for one, other in combinations(every, 2)):
            raise wrong("holds two sessions of one service at the same time")
        return sessions

    @property
    def rules(self) -> dict[str, Any]:
        """The queue's and the appointments' rules, by their keys in the file."""
        names = set(Defaults.model_fields) - {"timezone", "fee", "ticket_reset"}
        return {name: getattr(self, name) for name in sorted(names)}


class Catalogue(Table):
    """A whole file."""

    schema_: Annotated[int, Field(strict=True, ge=1, le=1)] = Field(validation_alias="schema")
    version: Text
    locales: Annotated[tuple[Locale, ...], Field(min_length=1)] = Field(description="Which language keys there are.")
    default_locale: str
    defaults: Defaults = Field(default_factory=lambda: Defaults.model_validate({}))
    holidays: tuple[Holiday, ...] = ()
    priorities: tuple[Priority, ...] = ()
    documents: dict[Word, Document] = Field(default_factory=dict)
    services: tuple[Service, ...]
    groups: dict[GroupCode, JustNames] = Field(default_factory=dict)
    centres: tuple[Centre, ...]
    phrases: dict[str, JustNames] = Field(default_factory=dict, description="Words for translators; on no screen.")
