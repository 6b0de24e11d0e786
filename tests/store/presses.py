"""Presses of another process: `python -m tests.store.presses URL CENTRE`, told on standard input what to do.

`issue 25` takes tickets, `next 2` calls to counter 2 until nobody waits; each prints the numbers, in order, on a line.
"""

import sys

from commands.calls import call_next
from commands.tickets import TicketRequest, issue_ticket
from store.unit import Store
from tests.cast import HandClock, clock


def main(url: str, centre: str) -> None:
    store = Store(url, HandClock(clock("9:00")))
    print("ready", flush=True)
    for line in sys.stdin:
        what, count = line.split()
        numbers = issue(store, centre, int(count)) if what == "issue" else call(store, centre, int(count))
        print(*numbers, flush=True)


def issue(store: Store, centre: str, times: int) -> list[str]:
    numbers: list[str] = []
    for _ in range(times):
        with store.unit(centre, "kiosk") as unit:
            numbers.append(issue_ticket(unit, TicketRequest(("BIRTH",), "kiosk")).number)
    return numbers


def call(store: Store, centre: str, counter: int) -> list[str]:
    numbers: list[str] = []
    while True:
        with store.unit(centre, "clerk") as unit:
            visit = call_next(unit, counter, finish=True)
        if visit is None:
            return numbers
        numbers.append(visit.number)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
