"""Appointments without a slot: what a change of sessions, hours or holidays has left without its time or its place."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from queueing.refusals import Refused
from queueing.slots import Plan


@dataclass(frozen=True, slots=True)
class ComingAppointment:
    """A time that is booked, or held, and still to come."""

    id: int
    reference: str
    service: str
    start: datetime
    held: bool


class OrphansWaiting(Refused):
    """A change would leave appointments without a slot, and nobody has decided what becomes of them."""

    slug = "appointments-without-slot"

    def __init__(self, appointments: Iterable[ComingAppointment]) -> None:
        self.appointments = tuple(appointments)
        super().__init__(appointments=len(self.appointments))


class NoLaterSlot(Refused):
    """An appointment can't be moved: within the days that can be booked no later slot has a place."""

    slug = "no-later-slot"

    def __init__(self, reference: str) -> None:
        super().__init__(reference=reference)


def without_slot(plans: Mapping[str, Plan], appointments: Iterable[ComingAppointment]) -> list[ComingAppointment]:
    """Those that have no slot any more, or no place in it. `appointments` in the order in which they keep theirs."""
    asked = list(appointments)
    places: dict[tuple[str, datetime], int] = {}
    for service, day in {(one.service, plans[one.service].hours.business_date(one.start)) for one in asked}:
        places |= {(service, slot.start): slot.places for slot in plans[service].slots(day)}
    given: Counter[tuple[str, datetime]] = Counter()
    lost = []
    for one in asked:
        given[one.service, one.start] += 1
        if given[one.service, one.start] > places.get((one.service, one.start), 0):
            lost.append(one)
    return lost
