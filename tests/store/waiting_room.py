"""A server's loop under gevent while SQLite's write lock is held elsewhere: `... waiting_room URL CENTRE SECONDS`.

Prints how long the loop stood still at most, and the ticket that was issued or the error that it came to.
"""

# ruff: noqa: E402 - gevent patches before anything else is imported

from gevent import monkey

monkey.patch_all()

import sqlite3
import sys
import time

import gevent
from sqlalchemy import make_url

from commands.tickets import TicketRequest, issue_ticket
from store.unit import Store
from tests.cast import HandClock, clock


def main(url: str, centre: str, seconds: float) -> None:
    store = Store(url, HandClock(clock("9:00")))
    holder = sqlite3.connect(make_url(url).database or "", isolation_level=None, check_same_thread=False)
    holder.execute("BEGIN IMMEDIATE")
    gevent.spawn_later(seconds, holder.execute, "ROLLBACK")
    stood_still = gevent.spawn(watch, seconds)
    began = time.monotonic()
    with store.unit(centre, "kiosk") as unit:
        visit = issue_ticket(unit, TicketRequest(("BIRTH",), "kiosk"))
    print(stood_still.get(), time.monotonic() - began, visit.number)
    holder.close()
    store.engine.dispose()


def watch(seconds: float) -> float:
    """The longest pause between two turns of the loop, within `seconds`."""
    longest, last = 0.0, time.monotonic()
    end = last + seconds
    while last < end:
        gevent.sleep(0.005)
        now = time.monotonic()
        longest, last = max(longest, now - last), now
    return longest


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], float(sys.argv[3]))
