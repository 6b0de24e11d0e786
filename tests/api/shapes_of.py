"""The contract's shapes, written by hand: what each key holds. More keys may be there; none of these may be missing."""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

Shape = Any
_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,6})?[+-]\d{2}:\d{2}")
_NUMBER = re.compile(r"[A-Z]{1,3}\d{3,}")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def fits(value: Any, shape: Shape, where: str = "answer") -> None:
    """Fails where a value is not what the contract says."""
    if isinstance(shape, dict):
        assert isinstance(value, dict), f"{where}: {value!r}"
        for key, inner in shape.items():
            assert key in value, f"{where} has no {key}"
            fits(value[key], inner, f"{where}.{key}")
    elif isinstance(shape, list):
        assert isinstance(value, list), f"{where}: {value!r}"
        for n, item in enumerate(value):
            fits(item, shape[0], f"{where}[{n}]")
    elif isinstance(shape, type):
        right = isinstance(value, shape) and not (isinstance(value, bool) and shape is not bool)
        assert right or (shape is float and type(value) is int), f"{where}: {value!r} is no {shape.__name__}"
    else:
        assert shape(value), f"{where}: {value!r} is no {shape.__name__}"


def maybe(shape: Shape) -> Callable[[Any], bool]:
    """The shape, or null."""

    def holds(value: Any) -> bool:
        if value is not None:
            fits(value, shape)
        return True

    return holds


def instant(value: Any) -> bool:
    """RFC 3339 with an offset."""
    return (
        isinstance(value, str) and bool(_INSTANT.fullmatch(value)) and datetime.fromisoformat(value).tzinfo is not None
    )


def number(value: Any) -> bool:
    return isinstance(value, str) and bool(_NUMBER.fullmatch(value))


def day(value: Any) -> bool:
    return isinstance(value, str) and bool(_DAY.fullmatch(value))


def words(value: Any) -> bool:
    """A name in each language."""
    return isinstance(value, dict) and bool(value) and all(isinstance(word, str) and word for word in value.values())


def opaque(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value) < 64


def state(value: Any) -> bool:
    known = "planned waiting called serving on_hold finished no_show left cancelled expired transferred dropped"
    return value in known.split()


def counter_state(value: Any) -> bool:
    return value in ("open", "paused", "closed")


def key(value: Any) -> bool:
    return value is None or (isinstance(value, (str, int)) and not isinstance(value, bool))


CENTRE = {"code": str, "name": str, "names": words, "time_zone": str, "open_now": bool, "today": [str]}
CENTRES = {"centres": [CENTRE]}
GROUP = {"code": str, "name": str, "names": words, "minutes": float}
DETAIL = {**CENTRE, "hours": dict, "languages": [str], "counters": [dict], "priority_groups": [GROUP]}
ESTIMATE = {"p10": float, "p50": float, "p90": float}
SERVICES = {
    "services": [
        {
            "code": str,
            "series": str,
            "name": str,
            "names": words,
            "then": [str],
            "waiting": int,
            "open_counters": int,
            "estimate": maybe(ESTIMATE),
            "appointments": bool,
            "documents": [dict],
        }
    ]
}
CALL = {
    "ticket": opaque,
    "number": number,
    "counter": int,
    "counter_label": str,
    "service": str,
    "called_at": instant,
    "recalls": int,
}
COUNTER = {
    "counter": int,
    "label": str,
    "state": counter_state,
    "number": maybe(number),
    "ticket_state": maybe(state),
}
BOARD = {
    "centre": str,
    "seq": int,
    "at": instant,
    "calls": [CALL],
    "waiting": {"total": int, "by_service": dict},
    "counters": [COUNTER],
    "notice": maybe(str),
}
TICKET = {
    "id": opaque,
    "token": maybe(opaque),
    "number": number,
    "centre": str,
    "state": state,
    "services": [{"code": str, "name": str, "state": state}],
    "service": str,
    "counter": maybe(int),
    "channel": str,
    "priority": maybe(str),
    "issued_at": instant,
    "called_at": maybe(instant),
    "position": maybe(int),
    "estimate": maybe(ESTIMATE),
    "url": maybe(str),
    "qr_svg_url": maybe(str),
}
# Beyond the contract.
PAPER = {"code": str, "name": str, "names": words}
FULL_TICKET = {
    **TICKET,
    "services": [{"code": str, "name": str, "state": state, "missing": [PAPER], "ready_on": maybe(day)}],
    "priority_confirmed": bool,
    "may_pass": bool,
    "on_way": bool,
    "may_come_back": bool,
    "come_back_until": maybe(instant),
}
TICKETS = {"tickets": [FULL_TICKET]}
QUEUE = {"tickets": [{**TICKET, "why": str}]}
SPREAD = {"count": int, **{part: maybe(float) for part in ("mean", "median", "p80", "p90", "p95", "max")}}
ERROR = {"count": int, **{part: maybe(float) for part in ("mean", "mae", "p50_coverage", "p90_coverage")}}
MEASURES = {
    **dict.fromkeys(("tickets", "steps", "served", "no_show", "left", "expired", "cancelled", "transferred"), int),
    **dict.fromkeys(("wait", "walk", "service"), SPREAD),
    "within_target": maybe(float),
    "estimate_error": ERROR,
}
STATISTICS = {"from": day, "to": day, "by": str, "groups": [{"key": key, "label": str, **MEASURES}], "total": MEASURES}
