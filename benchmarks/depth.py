"""What calling the next person costs with few and with many people waiting: the store's work alone, without HTTP."""

import time
from pathlib import Path
from statistics import median

from commands.calls import call_next
from commands.counters import open_counter
from commands.tickets import TicketRequest, issue_ticket
from tests.scale.hall import CENTRE, SERVICE, ScaleHall

FEW, MANY = 5, 500


def measure_depth(directory: Path, rounds: int, presses: int = 100) -> dict[int, list[float]]:
    """Seconds of one `next` that ends the last person first, by how many wait: a median for each alternated round."""
    halls = {waiting: _hall(directory / str(waiting), waiting) for waiting in (FEW, MANY)}
    samples: dict[int, list[float]] = {waiting: [] for waiting in halls}
    for number in range(rounds + 1):  # the first round warms up
        for waiting, hall in halls.items():
            spent = median(_press(hall) for _ in range(presses))
            if number:
                samples[waiting].append(spent)
    for hall in halls.values():
        hall.close()
    return samples


def _hall(directory: Path, waiting: int) -> ScaleHall:
    directory.mkdir()
    hall = ScaleHall(f"sqlite:///{directory}/depth.db", directory, 1)
    hall.fill(waiting)
    with hall.store.unit(CENTRE, "keo") as unit:
        open_counter(unit, 1)
    return hall


def _press(hall: ScaleHall) -> float:
    """One call; somebody comes for who was called, so that as many go on waiting."""
    began = time.perf_counter()
    with hall.store.unit(CENTRE, "keo") as unit:
        call_next(unit, 1, finish=True)
    spent = time.perf_counter() - began
    with hall.store.unit(CENTRE, "kiosk") as unit:
        issue_ticket(unit, TicketRequest((SERVICE,), "kiosk"))
    return spent
