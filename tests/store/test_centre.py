"""A centre's settings: one value, read again when their version has changed."""

from datetime import date, timedelta

from sqlalchemy import delete, insert, update

from store.centre import CentreInfo, read_centre
from store.tables import Centre, CentreProfile, Holiday, Service
from store.unit import Store, Unit
from tests.cast import OFFICE_HOURS, Hall, a_hall


def settings(hall: Hall) -> CentreInfo:
    with hall.reading() as conn:
        return read_centre(conn, hall.centre)


def test_settings_are_read_as_they_were_written(store: Store) -> None:
    info = settings(a_hall(store, week=OFFICE_HOURS, holidays=[date(2026, 12, 2)], recall_times=3))
    assert info.hours.week[0] == ((480, 720), (780, 960))
    assert info.hours.lunch is not None
    assert info.hours.lunch.tickets_open == 765
    assert info.hours.holidays == {date(2026, 12, 2)}
    assert info.rules.recall_times == 3
    assert info.rules.max_credit == timedelta(minutes=60)
    assert list(info.services) == ["RES", "BIRTH", "MARRY", "INFO", "PAY", "OLD"]
    assert list(info.counters) == [1, 2, 3, 4, 9]
    assert info.weight("ELDER") == timedelta(minutes=30)


def test_a_service_is_followed_only_by_what_is_offered(hall: Hall) -> None:
    assert settings(hall).then["MARRY"] == ("PAY",)


def test_nobody_has_the_head_start_of_a_group_that_is_unknown(hall: Hall) -> None:
    assert [settings(hall).weight(group) for group in (None, "NONE")] == [timedelta()] * 2


def test_a_name_is_in_the_first_language_that_has_one(hall: Hall) -> None:
    info = settings(hall)
    assert info.name(info.names) == "ໄຊເສດຖາ"
    assert info.name({"en": "Counter 1"}) == "Counter 1"
    assert info.name({"vi": "Quầy 1"}) == "Quầy 1"
    assert info.name({}) == ""


def change_recalls(unit: Unit, times: int, *, version: int) -> None:
    rules = {"recall_times": times}
    profile = CentreProfile.__table__
    known = unit.conn.execute(profile.select().where(CentreProfile.centre_id == unit.centre.id)).one().rules
    unit.conn.execute(
        update(CentreProfile).where(CentreProfile.centre_id == unit.centre.id).values(rules={**known, **rules})
    )
    unit.conn.execute(update(Centre).where(Centre.id == unit.centre.id).values(version=version))


def recalls(unit: Unit) -> int:
    return unit.centre.rules.recall_times


def test_the_next_press_knows_what_a_manager_has_changed(hall: Hall) -> None:
    assert hall.press(recalls) == 2
    hall.press(change_recalls, 5, version=2)
    assert hall.press(recalls) == 5


def test_settings_are_not_read_again_while_their_version_stands(hall: Hall) -> None:
    first = hall.press(lambda unit: unit.centre)
    assert hall.press(lambda unit: unit.centre) is first


def test_a_holiday_closes_and_a_service_ends_with_the_next_version(hall: Hall) -> None:
    hall.ticket("INFO")

    def change(unit: Unit) -> None:
        unit.conn.execute(delete(Holiday).where(Holiday.centre_id == unit.centre.id))
        unit.conn.execute(insert(Holiday), {"centre_id": unit.centre.id, "day": unit.today, "names": {}})
        info = Service.centre_id == unit.centre.id, Service.code == "INFO"
        unit.conn.execute(update(Service).where(*info).values(enabled=False))
        unit.conn.execute(update(Centre).where(Centre.id == unit.centre.id).values(version=2))

    hall.press(change)
    assert hall.press(lambda unit: unit.centre.hours.is_open(unit.now)) is False
    assert hall.press(lambda unit: unit.centre.services["INFO"].enabled) is False
