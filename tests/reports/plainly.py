"""The measures once more, computed plainly from the lines of a file with NumPy. It shares no code with the product."""

import csv
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

MILLISECOND = 0.001
OUTCOMES = {
    "finished": "served",
    **{outcome: outcome for outcome in ("no_show", "left", "expired", "cancelled", "transferred")},
}
TIMES = "issued_at", "called_at", "started_at", "finished_at", "appointment_at"

Line = dict[str, Any]


def read(lines: Iterable[str]) -> list[Line]:
    """The lines with their times as datetimes; a first step joins at its arrival or appointment, whichever is later."""
    read_lines = []
    for line in csv.DictReader(lines):
        times = {name: datetime.fromisoformat(line[name]) if line.get(name) else None for name in TIMES}
        joined = max(time for name, time in times.items() if time and name in {"issued_at", "appointment_at"})
        read_lines.append({**line, **times, "joined_at": joined})
    return read_lines


def key_of(by: str, zone: ZoneInfo) -> Callable[[Line], Any]:
    """What a line is grouped by."""
    keys: dict[str, Callable[[Line], Any]] = {
        "service": lambda line: line["service"],
        "hour": lambda line: line["joined_at"].astimezone(zone).hour,
        "weekday": lambda line: line["joined_at"].astimezone(zone).isoweekday(),
        "day": lambda line: line["joined_at"].astimezone(zone).strftime("%Y-%m-%d"),
        "counter": lambda line: int(line["counter"]) if line["counter"] else None,
        "channel": lambda line: line["channel"] or "import",
        "priority": lambda line: line["priority"] or None,
    }
    return keys[by]


def grouped(lines: Iterable[Line], key: Callable[[Line], Any]) -> dict[Any, list[Line]]:
    groups: dict[Any, list[Line]] = {}
    for line in lines:
        groups.setdefault(key(line), []).append(line)
    return groups


def measures(lines: list[Line], targets: Mapping[str, float], zone: ZoneInfo) -> dict[str, Any]:
    """The contract's measures; `targets` in minutes by service."""
    called = [line for line in lines if line["called_at"] and line["outcome"] != "no_show"]
    started = [line for line in lines if line["started_at"]]
    waits = _seconds(called, "joined_at", "called_at")
    within = waits <= np.array([targets[line["service"]] * 60 for line in called])
    return {
        "tickets": len({(line["ticket"], line["issued_at"].astimezone(zone).date()) for line in lines}),
        "steps": len(lines),
        **{name: sum(line["outcome"] == outcome for line in lines) for outcome, name in OUTCOMES.items()},
        "wait": durations(waits),
        "walk": durations(_seconds(started, "called_at", "started_at")),
        "service": durations(_seconds(started, "started_at", "finished_at")),
        "within_target": float(within.mean()) if len(within) else None,
        "estimate_error": dict.fromkeys(("mean", "mae", "p50_coverage", "p90_coverage")) | {"count": 0},
    }


def _seconds(lines: list[Line], start: str, end: str) -> np.ndarray:
    return np.array([(line[end] - line[start]).total_seconds() for line in lines])


def durations(seconds: np.ndarray) -> dict[str, Any]:
    """How some seconds are spread."""
    if not len(seconds):
        return {"count": 0, **dict.fromkeys(("mean", "median", "p80", "p90", "p95", "max"))}
    return {
        "count": len(seconds),
        "mean": float(np.mean(seconds)),
        "median": float(np.median(seconds)),
        **{f"p{percent}": float(np.percentile(seconds, percent)) for percent in (80, 90, 95)},
        "max": float(np.max(seconds)),
    }


def differences(found: Any, expected: Any, path: str = "", tolerance: float = MILLISECOND) -> list[str]:
    """Where two sets of figures differ, counts at all and seconds by more than `tolerance`."""
    if isinstance(expected, dict) and isinstance(found, dict) and expected.keys() == found.keys():
        return [
            difference
            for name in expected
            for difference in differences(found[name], expected[name], f"{path}/{name}", tolerance)
        ]
    if isinstance(expected, float) and isinstance(found, float) and abs(found - expected) <= tolerance:
        return []
    return [] if type(found) is type(expected) and found == expected else [f"{path}: {found} instead of {expected}"]
