"""What the server does by itself: ends days at every centre, and minds its clock."""

import os
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from commands.housekeeping import back_up, clock_is_behind, end_all_past_days, forget_old_answers, warn_of_clock
from queueing.refusals import NotFound
from queueing.states import StepState
from store.busy import Busy
from store.migrate import upgrade
from store.unit import Store
from tests.cast import MONDAY, OFFICE_HOURS, Hall, HandClock, a_hall, a_store, clock

TUESDAY = MONDAY + timedelta(days=1)


@pytest.fixture(params=["sqlite", "postgresql"])
def alone(request: pytest.FixtureRequest) -> Iterator[Store]:
    """A database in which no other test has a centre."""
    with a_store(request.getfixturevalue(f"{request.param}_url")) as store:
        yield store


@pytest.fixture
def two_halls(alone: Store) -> tuple[Hall, Hall]:
    """One closes at four, one at midnight; people wait in both."""
    halls = a_hall(alone, week=OFFICE_HOURS), a_hall(alone)
    for hall in halls:
        hall.at("9:00").ticket()
    return halls


def states(*halls: Hall) -> list[StepState]:
    return [visit.state for hall in halls for visit in hall.visits().values()]


def test_each_centre_ends_its_day_at_its_own_closing_time(two_halls: tuple[Hall, Hall]) -> None:
    office, round_the_clock = two_halls
    store = office.at("16:00").store
    assert end_all_past_days(store) == {office.code: 1}
    assert end_all_past_days(store) == {}
    assert states(*two_halls) == [StepState.EXPIRED, StepState.WAITING]
    round_the_clock.at("0:00", TUESDAY)
    assert end_all_past_days(store) == {round_the_clock.code: 1}


def test_one_centre_can_be_ended_alone(two_halls: tuple[Hall, Hall]) -> None:
    store = two_halls[0].at("0:00", TUESDAY).store
    assert end_all_past_days(store, two_halls[1].code) == {two_halls[1].code: 1}
    assert states(*two_halls) == [StepState.WAITING, StepState.EXPIRED]
    with pytest.raises(NotFound):
        end_all_past_days(store, "NOWHERE")


def test_a_busy_centre_does_not_keep_the_others_open(
    two_halls: tuple[Hall, Hall], monkeypatch: pytest.MonkeyPatch
) -> None:
    store, unit = two_halls[0].at("0:00", TUESDAY).store, Store.unit

    def busy_at_one(self: Store, code: str, actor: str | None = None):
        if code == two_halls[0].code:
            raise Busy
        return unit(self, code, actor)

    monkeypatch.setattr(Store, "unit", busy_at_one)
    assert end_all_past_days(store) == {two_halls[1].code: 1}


def test_a_clock_behind_what_was_recorded_is_noticed(two_halls: tuple[Hall, Hall]) -> None:
    store = two_halls[0].store
    assert clock_is_behind(store) is None
    store.clock = HandClock(clock("8:59:30"))
    assert clock_is_behind(store) is None, "a machine may be set back a little"
    store.clock = HandClock(clock("8:00"))
    assert clock_is_behind(store) == timedelta(hours=1)


def test_a_new_database_knows_no_time_to_be_behind_of(alone: Store) -> None:
    alone.clock = HandClock(clock("8:00", MONDAY.replace(year=2000)))
    a_hall(alone)
    assert clock_is_behind(alone) is None
    assert forget_old_answers(alone) == 0


def test_a_backup_that_fails_is_told_and_so_is_the_age_of_the_last(
    sqlite_url: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    store = Store(sqlite_url)
    upgrade(store.engine)
    stick = tmp_path / "stick"
    back_up(store, stick / "onedoor")
    assert not stick.exists(), "a stick that is not there is not replaced by a folder"
    failed = f"the backup of today was not made: There is no folder {stick}."
    assert caplog.messages == [failed, f"there is no backup in {stick / 'onedoor'}"]
    caplog.clear()
    stick.mkdir()
    back_up(store, stick / "onedoor")
    back_up(store, stick / "onedoor")
    assert caplog.messages == []
    (made,) = (stick / "onedoor").iterdir()
    three_days_ago = time.time() - 3 * 86_400
    os.utime(made, (three_days_ago, three_days_ago))
    back_up(store, stick / "onedoor")
    assert [message.partition(" is of ")[0] for message in caplog.messages] == [
        f"the last backup in {stick / 'onedoor'}"
    ]


def test_a_clock_that_is_behind_is_told(alone: Store, caplog: pytest.LogCaptureFixture) -> None:
    hall = a_hall(alone)
    hall.at("9:00").ticket()
    warn_of_clock(hall.store)
    assert caplog.messages == []
    hall.at("8:00")
    warn_of_clock(hall.store)
    assert "THE CLOCK IS WRONG: it is 1:00:00 behind" in caplog.text
