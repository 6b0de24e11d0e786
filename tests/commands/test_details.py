"""What a person gives once is kept beside the log, and every later counter has it."""

import pytest

from commands.details import LONGEST_REFERENCE, Details, change_details
from queueing.events import Kind
from queueing.refusals import Invalid
from queueing.visit import Visit
from store.notes import read_person
from tests.cast import Hall


def known(hall: Hall, visit: Visit) -> tuple[object, ...]:
    with hall.reading() as conn:
        person = read_person(conn, visit.id)
    return person.name, person.phone, person.reference, person.documents


def test_details_are_added_to_what_was_given_before(hall: Hall) -> None:
    visit = hall.ticket("RES", name="Bounmy")
    hall.press(change_details, visit.id, Details(reference="12/2026", documents=["id_card"]))
    assert known(hall, visit) == ("Bounmy", None, "12/2026", ["id_card"])
    hall.press(change_details, visit.id, Details(name="", documents=["form", "id_card"]))
    assert known(hall, visit) == (None, None, "12/2026", ["form", "id_card"])


def test_nobody_has_given_anything(hall: Hall) -> None:
    assert known(hall, hall.ticket()) == (None, None, None, None)


def test_the_log_says_that_something_changed_and_not_what(hall: Hall) -> None:
    visit = hall.ticket("RES")
    hall.press(change_details, visit.id, Details(phone="020 5555 1234"))
    hall.press(change_details, visit.id, Details(phone="020 5555 1234"))
    assert hall.told()[1:] == [(Kind.DETAILS_CHANGED, {})]


@pytest.mark.parametrize(
    "wrong",
    [
        Details(phone="call me"),
        Details(name="x" * 201),
        Details(reference="x" * (LONGEST_REFERENCE + 1)),
        Details(reference="12/2026", documents=["passport"]),
    ],
)
def test_what_does_not_fit_changes_nothing(hall: Hall, wrong: Details) -> None:
    visit = hall.ticket("RES", name="Bounmy")
    before = hall.snapshot()
    with pytest.raises(Invalid):
        hall.press(change_details, visit.id, wrong)
    assert hall.snapshot() == before
