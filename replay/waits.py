"""The waits of a replay beside those of its log."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from statistics import fmean, median, quantiles

ALL = "all"
_ROW = "{:<10} {:<7} {:>6} {:>9} {:>9} {:>9}"


def table(log: Iterable[tuple[str, float]], replayed: Iterable[tuple[str, float]]) -> Iterator[str]:
    """Lines to print: count, mean, median and P90 of the waits (service, seconds), by service and of all."""
    columns = {"log": _by_service(log), "replay": _by_service(replayed)}
    yield _ROW.format("service", "", "called", "mean", "median", "P90")
    services = sorted({service for waits in columns.values() for service in waits} - {ALL})
    for service in (*services, ALL):
        for name, waits in columns.items():
            yield _ROW.format(service if name == "log" else "", name, *_figures(waits.get(service, [])))


def _by_service(waits: Iterable[tuple[str, float]]) -> dict[str, list[float]]:
    found = defaultdict(list)
    for service, wait in waits:
        found[service].append(wait)
        found[ALL].append(wait)
    return found


def _figures(waits: Sequence[float]) -> tuple[str, str, str, str]:
    if not waits:
        return "0", "-", "-", "-"
    return str(len(waits)), f"{fmean(waits):.1f}", f"{median(waits):.1f}", f"{p90(waits):.1f}"


def p90(waits: Sequence[float]) -> float:
    """The 90th percentile, linear between closest ranks as in the statistics."""
    return quantiles(waits, n=10, method="inclusive")[8] if len(waits) > 1 else waits[0]
