"""What one table of a catalogue says about another: codes that are there twice, and codes that are not there.

These read the file as it was written, so that they find what they can although other values are of the wrong type.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date
from graphlib import CycleError, TopologicalSorter
from typing import Any

from config.catalogue_problems import Mistake, Place, suggestion

Raw = Mapping[str, Any]


def mistakes_between(raw: Raw) -> Iterator[Mistake]:
    """Every mistake that only shows when tables are held against each other."""
    yield from _repeated((), raw, "locales")
    yield from _unknown_default(raw)
    for tables, key in (("holidays", "date"), ("priorities", "code"), ("services", "code"), ("centres", "code")):
        yield from _twice((), raw, tables, key)
    for place, service in _tables((), raw, "services"):
        yield from _in_service(place, service, raw)
    yield from _circles(raw)
    for place, centre in _tables((), raw, "centres"):
        yield from _in_centre(place, centre, raw)


def _in_service(place: Place, service: Raw, raw: Raw) -> Iterator[Mistake]:
    yield from _references(place, service, "documents", _keys(raw, "documents"), "[documents]")
    yield from _references(place, service, "then", _codes(raw, "services"), "[[services]]")
    group, groups = service.get("group"), _keys(raw, "groups")
    if isinstance(group, str) and group not in groups:
        yield Mistake((*place, "group"), f"names '{group}', which is not in [groups]{suggestion(group, groups)}")


def _in_centre(place: Place, centre: Raw, raw: Raw) -> Iterator[Mistake]:
    yield from _references(place, centre, "languages", _strings(raw, "locales"), "'locales'")
    yield from _references(place, centre, "services", _codes(raw, "services"), "[[services]]")
    yield from _references(place, centre, "priorities", _codes(raw, "priorities"), "[[priorities]]")
    yield from _shared_series(place, centre, raw)
    yield from _twice(place, centre, "counters", "number")
    here = _strings(centre, "services")
    for counter_place, counter in _tables(place, centre, "counters"):
        if here:
            yield from _references(counter_place, counter, "services", here, "the centre's services")
            yield from _references(counter_place, counter, "skills", here, "the centre's services")
    for session_place, session in _tables(place, centre, "sessions"):
        yield from _in_session(session_place, session, here)
    defaults = raw.get("defaults")
    if "timezone" not in centre and not (isinstance(defaults, dict) and "timezone" in defaults):
        yield Mistake((*place, "timezone"), "is missing, here and in [defaults]")


def _in_session(place: Place, session: Raw, here: Collection[str]) -> Iterator[Mistake]:
    if here:
        yield from _references(place, session, "services", here, "the centre's services")
    yield from _repeated(place, session, "weekdays")
    if bool(session.get("weekdays")) is ("date" in session):
        yield Mistake((*place, "weekdays"), "or 'date' says on which days it is, and not both")


def _unknown_default(raw: Raw) -> Iterator[Mistake]:
    default, locales = raw.get("default_locale"), _strings(raw, "locales")
    if isinstance(default, str) and locales and default not in locales:
        yield Mistake(("default_locale",), f"'{default}' is not one of 'locales'{suggestion(default, locales)}")


def _twice(place: Place, table: Raw, tables: str, key: str) -> Iterator[Mistake]:
    seen: set[str | int | date] = set()
    for here, row in _tables(place, table, tables):
        value = row.get(key)
        if not isinstance(value, str | int | date):
            continue
        if value in seen:
            yield Mistake((*here, key), f"{value} is there twice: an earlier one of {tables} has it")
        seen.add(value)


def _references(place: Place, table: Raw, key: str, known: Collection[str], home: str) -> Iterator[Mistake]:
    """Codes of a list that are not known, and those that are listed again."""
    for code in dict.fromkeys(_strings(table, key)):
        if code not in known:
            yield Mistake((*place, key), f"names '{code}', which is not in {home}{suggestion(code, known)}")
    yield from _repeated(place, table, key)


def _repeated(place: Place, table: Raw, key: str) -> Iterator[Mistake]:
    listed = _strings(table, key)
    for code in dict.fromkeys(listed):
        if listed.count(code) > 1:
            yield Mistake((*place, key), f"lists '{code}' twice")


def _shared_series(place: Place, centre: Raw, raw: Raw) -> Iterator[Mistake]:
    series = {service.get("code"): service.get("series") for _, service in _coded(raw, "services")}
    first: dict[str, str] = {}
    for code in dict.fromkeys(_strings(centre, "services")):
        letters = series.get(code)
        if not isinstance(letters, str):
            continue
        if letters in first:
            yield Mistake((*place, "services"), f"'{first[letters]}' and '{code}' both have the series {letters}")
        first.setdefault(letters, code)


def _circles(raw: Raw) -> Iterator[Mistake]:
    """Services that lead back to themselves: each circle once, at one service of it."""
    services = {service["code"]: place for place, service in reversed(list(_coded(raw, "services")))}
    after = {service["code"]: set(_strings(service, "then")) & set(services) for _, service in _coded(raw, "services")}
    while circle := _circle(after):
        yield Mistake((*services[circle[0]], "then"), f"leads round in a circle: {' → '.join(circle)}")
        after[circle[0]].discard(circle[1])


def _circle(after: Mapping[str, Iterable[str]]) -> list[str]:
    try:
        TopologicalSorter(after).prepare()
    except CycleError as error:
        return list(reversed(error.args[1]))  # it lists who comes before whom
    return []


def _tables(place: Place, table: Raw, key: str) -> list[tuple[Place, Raw]]:
    rows = table.get(key)
    if not isinstance(rows, list):
        return []
    return [((*place, key, position), row) for position, row in enumerate(rows) if isinstance(row, dict)]


def _coded(raw: Raw, key: str) -> list[tuple[Place, Raw]]:
    return [(place, row) for place, row in _tables((), raw, key) if isinstance(row.get("code"), str)]


def _codes(raw: Raw, key: str) -> list[str]:
    return [row["code"] for _, row in _coded(raw, key)]


def _keys(raw: Raw, key: str) -> list[str]:
    table = raw.get(key)
    return list(table) if isinstance(table, dict) else []


def _strings(table: Raw, key: str) -> list[str]:
    listed = table.get(key)
    return [item for item in listed if isinstance(item, str)] if isinstance(listed, list) else []
