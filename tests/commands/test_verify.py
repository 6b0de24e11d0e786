"""Whatever is changed behind the product's back, in rows or in the log, `verify` names; of presses it finds nothing."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from commands.calls import call_next
from commands.history import import_history
from commands.verify import verify
from commands.verify_log import counters, shown
from queueing.events import Kind
from store.migrate import upgrade
from store.tables import LogEvent, NumberCount, Ticket, TicketStep
from store.unit import Store
from tests.cast import Hall
from tests.commands.damage import (
    FRIDAY,
    HISTORY,
    SUNDAY,
    TUESDAY,
    Scene,
    all_of,
    centre_id,
    change,
    change_event,
    drop,
    found_in,
    numbered,
    other_value,
    scene_in,
    value_of,
)
from tests.commands.damage_told import GROUPS, Told


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def scene(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """One for all tests, which leave it as it is."""
    if request.param == "sqlite":
        yield from scene_in(f"sqlite:///{tmp_path_factory.mktemp('verify')}/onedoor.db")
    else:
        with request.getfixturevalue("postgres").database() as url:
            yield from scene_in(url)


def test_nothing_is_found_where_everything_was_pressed(scene: Scene) -> None:
    assert verify(scene.store) == []
    assert verify(scene.store, all_days=True) == []


def test_a_new_database_has_nothing_to_verify(database_url: str) -> None:
    store = Store(database_url)
    upgrade(store.engine)
    assert verify(store) == []
    store.engine.dispose()


@pytest.mark.parametrize("name", set(TicketStep.__table__.columns.keys()) - {"ticket_id", "position"})
def test_a_step_that_was_changed_is_named_with_both_values(scene: Scene, name: str) -> None:
    column = TicketStep.__table__.c[name]
    mine = TicketStep.ticket_id == scene.served.id, TicketStep.position == 1
    value = value_of(scene, column, *mine)
    other = other_value(column, value, scene)
    assert found_in(scene, lambda conn, _: conn.execute(update(TicketStep).where(*mine).values({name: other}))) == [
        f"SAY: A901 of 2026-11-24, step 1 (RES): {name} is {shown(other)} in the row, {shown(value)} in the log"
    ]


@pytest.mark.parametrize("name", set(Ticket.__table__.columns.keys()) - {"id"})
def test_a_ticket_that_was_changed_is_named_with_both_values(scene: Scene, name: str) -> None:
    column = Ticket.__table__.c[name]
    mine = Ticket.id == scene.served.id
    value = value_of(scene, column, mine)
    other = other_value(column, value, scene)
    assert found_in(scene, lambda conn, _: conn.execute(update(Ticket).where(mine).values({name: other}))) == [
        f"SAY: A901 of 2026-11-24: {name} is {shown(other)} in the row, {shown(value)} in the log"
    ]


@pytest.mark.parametrize("group", GROUPS)
def test_each_damage_is_named(scene: Scene, group: Callable[[Scene], Told], subtests: Any) -> None:
    for what, (damage, sentence) in group(scene).items():
        with subtests.test(what):
            assert f"SAY: {sentence}" in found_in(scene, damage)
    assert verify(scene.store, all_days=True) == [], "every damage was taken back"


def test_a_call_for_another_service_than_was_waited_for_is_named(scene: Scene) -> None:
    (said,) = found_in(scene, change_event(scene.served.id, 2, facts={"service": "OLD"}))
    assert said.endswith(f"(called) is for 'OLD', the visit was at {scene.served.steps[0].service}")


def test_a_past_day_is_looked_at_when_it_is_asked_for(scene: Scene) -> None:
    damage = change(TicketStep, TicketStep.ticket_id == scene.past.id, TicketStep.position == 1, recalls=3)
    told = "SAY: A001 of 2026-11-20, step 1 (RES): recalls is '3' in the row, '0' in the log"
    assert found_in(scene, damage) == []
    assert found_in(scene, damage, all_days=True) == [told]
    spoilt = change_event(scene.past.id, 2, facts={}, kind="danced")
    assert found_in(scene, spoilt) == [], "its log is not even read"
    count = change(NumberCount, NumberCount.business_date == FRIDAY, NumberCount.series == "A", last=5)
    told = "SAY: the last number of series A on 2026-11-20 is '5' in its row, 1 was given"
    assert found_in(scene, count) == []
    assert found_in(scene, count, all_days=True) == [told]


def test_imported_history_is_looked_at_with_all_days(scene: Scene) -> None:
    second = TicketStep.ticket_id == numbered(scene, "X1").id, TicketStep.position == 2
    label = "SAY: X1, imported as issued at 2026-11-22T01:20:00.500000+00:00, step 2 (PAY)"
    damage = change(TicketStep, *second, counter=2)
    assert found_in(scene, damage) == []
    assert found_in(scene, damage, all_days=True) == [f"{label}: counter is '2' in the row, '3' in the log"]
    assert found_in(scene, drop(TicketStep, *second), all_days=True) == [f"{label} has no row, the log has it"]
    ticket = Ticket.number == "X2"
    label = "SAY: X2, imported as issued at 2026-11-22T01:05:00+00:00"
    damage = change(Ticket, ticket, appointment_at=None)
    said = "appointment_at is empty in the row, 2026-11-22T01:30:00+00:00 in the log"
    assert found_in(scene, damage, all_days=True) == [f"{label}: {said}"]
    gone = all_of(drop(TicketStep, TicketStep.ticket_id == numbered(scene, "X2").id), drop(Ticket, ticket))
    assert found_in(scene, gone, all_days=True) == [f"{label}, has no row"]


def test_an_import_that_cannot_be_read_is_named(scene: Scene) -> None:
    seq = next(event.seq for event in scene.hall.events() if event.kind is Kind.HISTORY_IMPORTED)
    found = found_in(scene, change(LogEvent, LogEvent.seq == seq, facts={"lines": [[1, 2]]}), all_days=True)
    assert found[0].startswith(f"SAY: event {seq} (history_imported) cannot be read (ValueError")
    assert "SAY: X1 of 2026-11-22 has rows that the log does not have" in found
    assert "SAY: X3 of 2026-11-24: event" in " ".join(found)


def test_a_step_more_of_an_imported_visit_is_named(scene: Scene) -> None:
    visit = numbered(scene, "X4")
    row = {"ticket_id": visit.id, "position": 2, "centre_id": scene.hall.centre, "service": "PAY", "state": "finished"}
    row |= {"credit": timedelta(), "served": timedelta(), "held": timedelta(), "recalls": 0}
    found = found_in(scene, lambda conn, _: conn.execute(insert(TicketStep), row))
    assert found == ["SAY: X4 of 2026-11-24 has rows that the log does not have"]


def test_a_ticket_given_to_another_centre_is_named_once(scene: Scene) -> None:
    home = centre_id(scene, "LPB")
    moved = [
        update(Ticket).where(Ticket.id == scene.served.id).values(centre_id=home),
        update(TicketStep).where(TicketStep.ticket_id == scene.served.id).values(centre_id=home),
    ]
    found = found_in(scene, lambda conn, _: [conn.execute(statement) for statement in moved])
    assert len(found) == 3
    assert {sentence.partition(" centre_id is ")[0] for sentence in found} == {
        "SAY: A901 of 2026-11-24:",
        "SAY: A901 of 2026-11-24, step 1 (RES):",
        "SAY: A901 of 2026-11-24, step 2 (PAY):",
    }


def _about(hall: Hall, *, all_days: bool = False) -> list[str]:
    return verify(hall.store, hall.code, all_days=all_days)


@pytest.fixture
def changed(store: Store) -> Iterator[Callable[..., None]]:
    """`changed(Ticket, Ticket.id == 5, channel="web")`: one row is another, until the test has ended."""
    was: list[Any] = []

    def change_row(table: Any, *where: Any, **values: Any) -> None:
        with store.writing() as conn:
            row = conn.execute(select(*(getattr(table, name) for name in values)).where(*where)).one()
            was.append(update(table).where(*where).values(row._asdict()))
            conn.execute(update(table).where(*where).values(values))

    yield change_row
    with store.writing() as conn:
        for statement in was:
            conn.execute(statement)


def test_a_centre_that_only_has_imported_history_has_no_open_day(hall: Hall, changed: Callable[..., None]) -> None:
    import_history(hall.store, hall.code, HISTORY.format(sunday=SUNDAY, tuesday=TUESDAY).splitlines())
    (x2,) = (visit.id for visit in hall.visits().values() if visit.number == "X2")
    changed(Ticket, Ticket.id == x2, channel="web")
    assert _about(hall) == []
    assert [found.partition(", ")[0] for found in _about(hall, all_days=True)] == [f"{hall.code}: X2"]


def test_days_that_were_never_ended_are_open_since_the_first_act(hall: Hall, changed: Callable[..., None]) -> None:
    ticket = hall.ticket("BIRTH")
    hall.at("9:00", TUESDAY).ticket("INFO")
    changed(Ticket, Ticket.id == ticket.id, channel="web")
    changed(NumberCount, NumberCount.centre_id == hall.centre, NumberCount.series == "B", last=7)
    assert _about(hall) == [
        f"{hall.code}: B001 of 2026-11-23: channel is 'web' in the row, 'kiosk' in the log",
        f"{hall.code}: the last number of series B on 2026-11-23 is '7' in its row, 1 was given",
    ]


def test_it_reads_one_moment_beside_a_server_that_goes_on(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    hall.ticket()

    def meanwhile(*args: Any) -> Iterator[str]:
        hall.ticket()
        hall.opens(1).press(call_next, 1, finish=True)
        return counters(*args)

    monkeypatch.setattr("commands.verify.counters", meanwhile)
    assert _about(hall) == []
    assert hall.counter(1).ticket is not None
