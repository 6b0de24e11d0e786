"""Paper tickets typed in after an outage: a line for each, what is wrong said at its line, all of them or none."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from queueing.states import StepState
from tests.cast import MONDAY, Hall
from tests.pages.reader import Reader, path

Readers = Callable[..., Reader]
WAITS = {"1-number": "ap1", "1-service": "RES", "1-taken": "8:10", "1-outcome": "waiting"}
SERVED = {
    "2-number": "AP002",
    "2-service": "INFO",
    "2-taken": "08.05",
    "2-outcome": "finished",
    "2-called": "8:15",
    "2-ended": "0830",
    "2-counter": "2",
}
EMPTY = {"9-outcome": "waiting"}


@pytest.fixture
def hall(hall: Hall) -> Hall:
    return hall.at("9:00")


def entered(keo: Reader, hall: Hall, *, day: object = MONDAY, **lines: str) -> Any:
    address = f"/counter/{hall.code}/paper"
    keo.get(address)
    return keo.press(address, day=str(day), **lines)


def test_the_counters_lead_to_the_paper(reader: Readers, hall: Hall) -> None:
    page = reader("staff").get("/counter/")
    assert f'href="/counter/{hall.code}/paper" data-act="paper"' in page.text


def test_a_list_is_entered_and_the_page_says_what_became_of_it(reader: Readers, hall: Hall) -> None:
    page = entered(reader("staff"), hall, **WAITS, **SERVED, **EMPTY)
    assert "Done. Entered: 2; of these 1 wait in the queue now." in page.text
    assert 'value="ap1"' not in page.text, "the next list is empty"
    states = {visit.number: visit.state for visit in hall.visits().values()}
    assert states == {"AP001": StepState.WAITING, "AP002": StepState.FINISHED}
    assert hall.queue() == ["AP001"]


def test_a_number_that_was_entered_is_refused_by_its_name_and_what_was_typed_is_kept(
    reader: Readers, hall: Hall
) -> None:
    keo = reader("staff")
    entered(keo, hall, **WAITS)
    page = entered(keo, hall, **WAITS, **SERVED)
    assert page.status_code == 422
    assert "<title>Error:" in page.text
    assert '<a href="#f-1-number">Line 1: Number</a>: AP001 of that day was entered before.' in page.text
    assert re.search(r'id="f-1-number"[^>]*aria-invalid="true" value="ap1"', page.text)
    assert '<option value="finished" selected>' in page.text
    assert len(hall.visits()) == 1


def test_a_double_press_enters_a_list_once(reader: Readers, hall: Hall) -> None:
    keo, address = reader("staff"), f"/counter/{hall.code}/paper"
    keo.get(address)
    form = {**keo.form(address), "day": str(MONDAY), **WAITS}
    answers = [keo.post(address, form) for _press in range(2)]
    assert [path(answer.headers["Location"]) for answer in answers] == [address] * 2
    assert len(hall.visits()) == 1


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"1-number": "A001"}, "“A001” is not a number of a paper ticket; they look like AP001."),
        ({"1-number": ""}, "This is needed."),
        ({"1-number": "<b>"}, "“&lt;b&gt;” is not a number"),
        ({"1-service": ""}, "This is needed."),
        ({"1-service": "NONE"}, "This is needed."),
        ({"1-taken": ""}, "This is needed."),
        ({"1-taken": "soon"}, "A time is written as 08:30"),
        ({"1-taken": "24:00"}, "A time is written as 08:30"),
        ({"1-taken": "9:30"}, "This is still to come."),
        ({"1-called": "8:20"}, "Leave this empty for somebody who was not called."),
        ({"1-outcome": "finished"}, "This is needed."),
        ({"day": "2026-11-24"}, "This is still to come."),
        ({"day": "2026-11-15", "1-outcome": "left", "1-ended": "9:00"}, "This is more than 7 days ago."),
        ({"day": "soon"}, "A date is written as"),
        (dict.fromkeys(WAITS, ""), "This is needed."),
    ],
)
def test_what_cannot_be_is_said_kindly_and_changes_nothing(
    reader: Readers, hall: Hall, changed: dict[str, str], words: str
) -> None:
    page = entered(reader("staff"), hall, **{"day": str(MONDAY), **WAITS, **changed})
    assert page.status_code == 422
    assert words in page.text
    assert hall.visits() == {}


def test_a_centre_that_is_not_there_is_not_found(reader: Readers) -> None:
    assert reader("admin").get("/counter/NOWHERE/paper").status_code == 404
