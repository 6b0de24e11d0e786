"""Feeds a log of real visits through a running server, as its kiosk, its counters and its people would have.

    python server.py seed CENTRE.toml
    python server.py run --clock 1999-02-01T06:50+07:00@60
    python server.py replay BANK LOG.csv --speed 60 --day 1999-02-01

People come, are impatient and take as long as the log says, clerks work when they did (replay.log says how this is read
from it); who is called next is the server's decision. The server runs on `--clock`, at the same speed.
"""

import sys
import time
from collections import Counter as Tally
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
import requests

from replay.clerks import Clerks
from replay.clock import Reading, ServerClock, speed_bounds
from replay.feed_client import FeedClient, WatchRefused
from replay.log import BrokenLog, Line, LoggedVisit, read_lines, shifts, typical_servings, visits
from replay.loop import Loop, Unexpected
from replay.ordering import Said, What
from replay.people import ENDED, People, Place
from replay.presses import NoAnswer
from replay.waits import table

MEASURE_SECONDS = 2.0
SPEED_TOLERANCE = 0.05
SLOW_SECONDS = 10.0  # of the server's time
SEARCHES, SEARCH_SECONDS = 20, 0.5


class CannotReplay(Exception):
    """The log, the server or its clock do not fit; the message says what to do."""


def replay(centre: str, file: Path, *, speed: float, url: str, kiosk: str, staff: str, day: str | None = None) -> int:
    """Replays the log, or one day of it, and prints the waits beside its own.

    Returns 1 when it cannot be done or somebody is missing.
    """
    url = url.rstrip("/")
    try:
        lines = read_lines(file, day)
        place = Place(centre, _check_centre(url, centre, lines), kiosk, staff)
        clock = _check_clock(url, centre, speed, lines)
        people, states, took = _play(url, place, clock, lines)
    except (CannotReplay, BrokenLog, NoAnswer, Unexpected, WatchRefused) as error:
        click.echo(f"replay: {error}", err=True)
        return 1
    status = _report(lines, people, states)
    slow = "" if took * speed < SLOW_SECONDS else ": too slow for this speed, the waits are those of the machine"
    click.echo(f"a press took {1000 * took:.0f} ms, {took * speed:.1f} s on the server's clock{slow}")
    return status


def _get(url: str, path: str) -> dict[str, Any]:
    with requests.Session() as session:
        session.trust_env = False  # as in the presses
        try:
            answer = session.get(f"{url}/api/v1{path}", timeout=10)
            answer.raise_for_status()
            found: dict[str, Any] = answer.json()
        except (requests.RequestException, ValueError) as error:
            raise CannotReplay(f"no OneDoor answers: {error}") from error
    return found


def _check_centre(url: str, centre: str, lines: Sequence[Line]) -> tuple[str, ...]:
    """The codes of the centre's services. Raises CannotReplay when the log names what the centre does not have."""
    detail = _get(url, f"/centres/{centre}")
    services = tuple(service["code"] for service in _get(url, f"/centres/{centre}/services")["services"])
    known: dict[str, tuple[set[Any], set[Any]]] = {
        "services": ({line.service for line in lines}, set(services)),
        "counters": ({line.counter for line in lines}, {counter["counter"] for counter in detail["counters"]}),
        "priority groups": ({line.priority for line in lines}, {g["code"] for g in detail["priority_groups"]}),
    }
    for what, (named, there) in known.items():
        unknown = named - there - {None}
        if unknown:
            raise CannotReplay(f"{centre} does not have these {what} of the log: {', '.join(map(str, unknown))}")
    return services


def _check_clock(url: str, centre: str, speed: float, lines: Sequence[Line]) -> ServerClock:
    """The server's clock, when it runs at `speed` and the log's first day has not passed on it. Raises CannotReplay."""
    clock = ServerClock(speed)
    first = _reading(url, centre, clock)
    time.sleep(MEASURE_SECONDS)
    second = _reading(url, centre, clock)
    least, most = speed_bounds(first, second)
    if not least * (1 - SPEED_TOLERANCE) <= speed <= most * (1 + SPEED_TOLERANCE):
        raise CannotReplay(
            f"the server's clock runs at about {(least + most) / 2:.0f}, not at {speed:g}:"
            f" start the server with --clock {_shown(lines[0].issued - 60 * speed, second.at)}@{speed:g}"
        )
    now, day = clock.now(), [line for line in lines if line.day == lines[0].day]
    late = sum(line.issued < now for line in lines)
    if now > day[-1].issued:
        raise CannotReplay(f"the server's clock shows {second.at}: the log's first day, {day[0].day}, is over")
    if late:
        click.echo(f"The server's clock shows {second.at}: {late} who should have come before come now.", err=True)
    return clock


def _reading(url: str, centre: str, clock: ServerClock) -> Reading:
    asked = time.monotonic()
    board = _get(url, f"/centres/{centre}/board")
    clock.heard(board["at"])
    return Reading(asked, time.monotonic(), board["at"])


def _shown(instant: float, like: str) -> str:
    """An instant with the offset that the server uses, to the minute."""
    zone = datetime.fromisoformat(like).tzinfo
    return datetime.fromtimestamp(instant, UTC).astimezone(zone).isoformat(timespec="minutes")


def _play(url: str, place: Place, clock: ServerClock, lines: Sequence[Line]) -> tuple[People, Tally[str], float]:
    """Everybody comes and goes: who came, in which states the server says they ended, and how long a press took."""
    loop = Loop(url, clock)
    people = People(loop, place, visits(lines), typical_servings(lines))
    clerks = Clerks(loop, place, people, shifts(lines))
    feed = FeedClient(url, lambda said: loop.soon(lambda: _hear(said, clock, people, clerks)), place.staff)
    try:
        _watch(feed, f"queue:{place.centre}")
        _go_on(loop, people, clerks, _progress(people.to_come, clock))
        clerks.close_all()
        loop.settle()
        return people, people.account(), loop.median_press
    finally:
        feed.close()
        loop.close()


def _watch(feed: FeedClient, topic: str) -> None:
    try:
        feed.watch(topic)
    except TimeoutError as error:
        raise CannotReplay(f"the feed does not answer: {topic}") from error


def _hear(said: Said, clock: ServerClock, people: People, clerks: Clerks) -> None:
    if said.what is What.REFUSED:
        raise Unexpected(f"{said.topic}: {said.payload['error']}")
    if said.what is What.SNAPSHOT:
        clock.heard(said.payload["at"])
        waiting = frozenset(ticket["id"] for ticket in said.payload["tickets"])
        people.look_for(waiting)
        clerks.heard(len(waiting))
    elif said.what is What.EVENT:
        people.heard(said.payload.get("entry"))
        clerks.heard(said.payload["waiting"])


def _go_on(loop: Loop, people: People, clerks: Clerks, tick: Callable[[int], None]) -> None:
    """Until everybody is gone, or those who are not cannot be found."""
    searches = 0
    while people.here and searches < SEARCHES:
        loop.step()
        tick(people.ended)
        if people.here and not people.to_come and not loop.pending and clerks.idle:
            searches += 1
            people.look_for(frozenset())
            loop.settle()
            time.sleep(SEARCH_SECONDS)


def _progress(total: int, clock: ServerClock) -> Callable[[int], None]:
    """A bar on a terminal, else a line now and then; both count people whose visit is over."""
    if sys.stderr.isatty():
        bar = click.progressbar(length=total, label="people", file=sys.stderr, show_pos=True)
        return lambda ended: bar.update(ended - bar.pos)
    said = [0]

    def tick(ended: int) -> None:
        percent = 100 * ended // total
        if percent >= said[0] + 5:
            said[0] = percent
            shown = datetime.fromtimestamp(clock.now(), UTC).isoformat(timespec="seconds")
            click.echo(f"{percent} %: {ended} of {total} people are gone; {shown}", err=True)

    return tick


def _report(lines: Sequence[Line], people: People, states: Tally[str]) -> int:
    click.echo(err=sys.stderr.isatty())
    for row in table(
        ((line.service, line.wait) for line in lines if line.wait is not None),
        (wait for person in people.by_id.values() for wait in person.waits),
    ):
        click.echo(row)
    logged: list[LoggedVisit] = visits(lines)
    missing = len(logged) - sum(count for state, count in states.items() if state in ENDED)
    click.echo(f"log:    {len(logged)} people; {_listed(Tally(line.outcome for line in lines))}")
    click.echo(f"replay: {len(people.by_id)} people; {_listed(states)}")
    if people.strangers:
        click.echo(f"{people.strangers} more people came who are not in the log")
    for refused in people.refused:
        click.echo(f"got no ticket: {refused}")
    click.echo(f"{missing} people are missing" if missing else "nobody is missing")
    return 1 if missing else 0


def _listed(counts: Tally[str]) -> str:
    return ", ".join(f"{count} {name}" for name, count in sorted(counts.items()))
