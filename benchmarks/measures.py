"""What is measured, each as a median of alternated runs: the machine's mood is the same for all that are compared."""

import http.client
import json
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from statistics import median
from typing import Any

from benchmarks.servers import Product, Reference, resident_megabytes, rush
from tests.processes import ROOT, kill, spawn
from tests.scale.hall import CENTRE

Samples = dict[str, list[float]]


def percentile(values: Sequence[float], percent: float) -> float:
    """The value at a percentile, the nearest rank."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))]


def measure_rates(reference: Reference, products: Mapping[str, Product], rounds: int, presses: int) -> Samples:
    """Acts per second at 16 at once, by what was asked of whom, a value for each round; the first round warms up."""
    samples: Samples = {}
    for number in range(rounds + 1):
        runs = {"reference": rush(reference, reference.tickets(), presses, 201)}
        for name, product in products.items():
            runs[f"{name} tickets"] = rush(product, product.tickets(), presses, 201)
            runs[f"{name} keyed tickets"] = rush(product, product.tickets(keyed=True), presses, 201)
            runs[f"{name} calls"] = rush(product, product.calls(), 2 * presses, 200)
        for name, run in runs.items() if number else ():
            samples.setdefault(name, []).append(len(run["latencies"]) / run["seconds"])
            samples.setdefault(f"{name} p99", []).append(percentile(run["latencies"], 99) * 1000)
    return samples


def ratio(samples: Samples, of: str, to: str) -> float:
    """The median of the ratios of runs that stood next to each other."""
    return median(a / b for a, b in zip(samples[of], samples[to], strict=True))


class Screens:
    """So many displays that watch the board, in a process of their own."""

    def __init__(self, port: int, count: int) -> None:
        command = [sys.executable, "-m", "benchmarks.receivers", str(port), str(count), f"board:{CENTRE}"]
        self._process = spawn(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert self._process.stdout is not None
        if self._process.stdout.readline() != b"ready\n":
            raise RuntimeError("the screens did not come up")

    def seen(self) -> dict[str, list[float]]:
        """When each call was seen by each screen, by ticket; the screens go."""
        written, _ = self._process.communicate(timeout=30)
        seen: dict[str, list[float]] = json.loads(written)
        return seen

    def close(self) -> None:
        """Ends them, whatever they do."""
        kill(self._process)


@contextmanager
def screens(product: Product, count: int) -> Iterator[Screens]:
    """Displays before a running product."""
    watching = Screens(product.port, count)
    try:
        yield watching
    finally:
        watching.close()


def measure_feed(products: Mapping[str, Product], counts: Sequence[int], rounds: int, calls: int) -> Samples:
    """Milliseconds from the press of `next` to the last display that shows the call: p50 and p99 of each round."""
    samples: Samples = {}
    for _ in range(rounds):
        for count in counts:
            for name, product in products.items():
                took = _calls_seen(product, count, calls)
                samples.setdefault(f"{name} p50 {count}", []).append(percentile(took, 50))
                samples.setdefault(f"{name} p99 {count}", []).append(percentile(took, 99))
    return samples


def _calls_seen(product: Product, count: int, calls: int) -> list[float]:
    rush(product, product.tickets(), calls, 201)
    with screens(product, count) as watching:
        pressed = _press_steadily(product, calls)
        time.sleep(0.5)
        seen = watching.seen()
    if any(len(seen.get(ticket, ())) != count for ticket in pressed):
        raise RuntimeError("a call was not seen by every screen")
    return [(max(seen[ticket]) - since) * 1000 for ticket, since in pressed.items()]


def _press_steadily(product: Product, calls: int) -> dict[str, float]:
    """One press of `next` every twentieth of a second, at one counter after the other: when, by the ticket called."""
    connection = http.client.HTTPConnection("127.0.0.1", product.port, timeout=10)
    pressed: dict[str, float] = {}
    begin = time.monotonic()
    for number in range(calls):
        time.sleep(max(0.0, begin + number / 20 - time.monotonic()))
        counter = number % len(product.clerks)
        headers = {"Authorization": f"Bearer {product.clerks[counter]}", "Content-Type": "application/json"}
        since = time.monotonic()
        path = f"/api/v1/centres/{CENTRE}/counters/{counter + 1}/next"
        connection.request("POST", path, b'{"finish":true}', headers)
        answer: dict[str, Any] = json.loads(connection.getresponse().read())
        pressed[answer["id"]] = since
    connection.close()
    return pressed


def measure_memory(reference: Reference, product: Product, counts: Sequence[int]) -> Samples:
    """Resident megabytes after some work: the reference alone, the product with so many displays."""
    samples = {"reference": [resident_megabytes(reference.pid)]}
    for count in counts:
        rush(product, product.tickets(), 100, 201)
        with screens(product, count) as watching:
            _press_steadily(product, 20)
            samples[f"{count} displays"] = [resident_megabytes(product.pid)]
            watching.seen()
        rush(product, product.calls(), 80, 200)
    return samples
