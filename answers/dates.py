"""Times and dates in words. Browsers have no Lao ones; a language that nobody knows dates for has English ones."""

from datetime import date, datetime

from babel import UnknownLocaleError
from babel.dates import format_date

from answers.words import SOURCE, _, say

_ENGLISH = "en_GB"  # the day before the month, as in Lao


def clock(instant: str) -> str:
    """The wall's hour and minute of an instant that carries its centre's offset."""
    return datetime.fromisoformat(instant).strftime("%H:%M")


def long_date(instant: str, lang: str) -> str:
    """The date of such an instant in words; browsers have no Lao ones."""
    return _dated(datetime.fromisoformat(instant).date(), "full", lang)


def near_date(instant: str, lang: str) -> str:
    """The same for a day that is near: its year goes without saying."""
    return _dated(datetime.fromisoformat(instant).date(), "EEEE d MMMM", lang)


def short_date(day: str | date, lang: str) -> str:
    """A date with its weekday, short, in words."""
    return _dated(date.fromisoformat(day) if isinstance(day, str) else day, "EEE d MMM", lang)


def plain_date(day: str | date, lang: str) -> str:
    """A date without its weekday, in words."""
    return _dated(date.fromisoformat(day) if isinstance(day, str) else day, "d MMMM y", lang)


def weekday(day: date, lang: str, *, short: bool = False) -> str:
    """The name of a date's weekday."""
    return _dated(day, "EEE" if short else "EEEE", lang)


def month(day: date, lang: str) -> str:
    """The short name of a date's month."""
    return _dated(day, "MMM", lang)


def day_range(first: date, last: date, lang: str) -> str:
    """From one date to another, or the one that both are."""
    whole = "d MMM y"
    if first == last:
        return _dated(first, whole, lang)
    return f"{_dated(first, 'd MMM' if first.year == last.year else whole, lang)} – {_dated(last, whole, lang)}"


def _dated(day: date, pattern: str, lang: str) -> str:
    try:
        return format_date(day, pattern, locale=_ENGLISH if lang == SOURCE else lang)
    except (UnknownLocaleError, ValueError):
        return format_date(day, pattern, locale=_ENGLISH)


def come_again(again: datetime | None, today: date, lang: str) -> str:
    """When to come again on a later day, in a sentence; `again` is on the centre's wall. Empty where nobody knows."""
    if again is None:
        return ""
    if (again.date() - today).days == 1:
        return say(lang, _("Please come tomorrow from {time}."), {"time": again.strftime("%H:%M")})
    facts = {"day": short_date(again.date(), lang), "time": again.strftime("%H:%M")}
    return say(lang, _("Please come on {day} from {time}."), facts)
