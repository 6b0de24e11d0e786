"""What steps are grouped by, what a group is called, and where it stands among the others."""

from enum import StrEnum

from babel import Locale, UnknownLocaleError
from babel.dates import get_day_names

from store.centre import CentreInfo, Names


class By(StrEnum):
    """What the steps are grouped by."""

    SERVICE = "service"
    HOUR = "hour"
    WEEKDAY = "weekday"
    DAY = "day"
    COUNTER = "counter"
    CHANNEL = "channel"
    PRIORITY = "priority"


# A code or date, an hour or ISO weekday or counter's number; None for never called, of no priority group.
Key = str | int | None
NOBODY = "—"


def label(centre: CentreInfo, by: By, key: Key, language: str | None = None) -> str:
    """The group's name in `language`, else in the centre's first; what has no name is called by its code."""
    if key is None:
        return NOBODY
    if isinstance(key, int):
        return _label_number(centre, by, key, language)
    names: Names = {}
    if by is By.SERVICE and key in centre.services:
        names = centre.services[key].names
    if by is By.PRIORITY and key in centre.groups:
        names = centre.groups[key].names
    return _name(centre, names, language) or key


def _label_number(centre: CentreInfo, by: By, key: int, language: str | None) -> str:
    if by is By.HOUR:
        return f"{key:02}:00"
    if by is By.WEEKDAY:
        weekday: str = get_day_names("wide", locale=_locale(language or centre.languages[0]))[key - 1]
        return weekday
    names = centre.counters[key].names if key in centre.counters else {}
    return _name(centre, names, language) or str(key)


def _name(centre: CentreInfo, names: Names, language: str | None) -> str:
    return (names.get(language) if language else None) or centre.name(names)


def _locale(language: str) -> Locale:
    try:
        return Locale.parse(language, sep="-" if "-" in language else "_")
    except (UnknownLocaleError, ValueError):
        return Locale("en")


def rank(centre: CentreInfo, by: By, key: Key) -> tuple[int, int, str]:
    """Sorts groups: services and priority groups as the catalogue has them, else by the key; none is last."""
    if key is None:
        return 2, 0, ""
    if isinstance(key, int):
        return 0, key, ""
    order = {By.SERVICE: list(centre.services), By.PRIORITY: list(centre.groups)}.get(by, [])
    return (0, order.index(key), key) if key in order else (1, 0, key)
