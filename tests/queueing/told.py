"""A visit as its events tell it: `told(services=["RES"]).at(5).called(3)`, in minutes since eight o'clock."""

from datetime import UTC, datetime, timedelta
from typing import Any, Self

from queueing.events import Event, Kind
from queueing.order import Joined, appointment_place, place
from queueing.visit import Visit, apply, place_facts

EIGHT = datetime(2026, 11, 23, 1, tzinfo=UTC)
CAP = timedelta(minutes=60)


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


def clock(count: float) -> datetime:
    return EIGHT + minutes(count)


class Told:
    """Folds events as they are told; `visit` is where it stands."""

    def __init__(self, *services: str, slot: float | None = None) -> None:
        self.minute: float = 0
        self.seq = 0
        self.visit: Visit | None = None
        self._services, self._slot = services, slot

    def at(self, minute: float) -> Self:
        self.minute = minute
        return self

    def tell(self, kind: Kind, counter: int | None = None, **facts: Any) -> Self:
        self.seq += 1
        now = clock(self.minute)
        self.visit = apply(self.visit, Event(self.seq, kind, now, now, ticket=7, counter=counter, facts=facts))
        return self

    @property
    def now(self) -> Visit:
        assert self.visit is not None
        return self.visit

    def issued(self) -> Self:
        first = place(Joined.ARRIVAL, clock(self.minute), cap=CAP)
        if self._slot is not None:
            arrival, slot = clock(self.minute), clock(self._slot)
            first = appointment_place(arrival, slot, cap=CAP, credit=minutes(60), late=minutes(15))
        return self.tell(
            Kind.ISSUED,
            number="A001",
            business_date="2026-11-23",
            channel="kiosk",
            priority=None,
            language="lo",
            services=list(self._services),
            place=place_facts(1, first),
        )

    def called(self, counter: int = 3) -> Self:
        return self.tell(Kind.CALLED, counter)

    def served(self) -> Self:
        return self.tell(Kind.SERVING)

    def held(self) -> Self:
        return self.tell(Kind.ON_HOLD)

    def finished(self) -> Self:
        following = self.now.planned()
        if following is None:
            return self.tell(Kind.FINISHED)
        return self.tell(Kind.FINISHED, place=self._place(Joined.LATER_STEP, following.position))

    def resumed(self) -> Self:
        return self.tell(Kind.RESUMED, place=self._place(Joined.HOLD, self.now.step.position))

    def transferred(self, service: str, direct_to: int | None = None) -> Self:
        to = self._place(Joined.TRANSFER, len(self.now.steps) + 1)
        return self.tell(Kind.TRANSFERRED, service=service, direct_to=direct_to, place=to)

    def _place(self, joined_as: Joined, position: int) -> dict[str, Any]:
        now = clock(self.minute)
        return place_facts(position, place(joined_as, now, cap=CAP, waited=self.now.waited(now)))
