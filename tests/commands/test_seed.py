"""A catalogue makes and changes centres; whoever waits or works there notices new words and rules, nothing else."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import count
from typing import Any

import pytest
from sqlalchemy import Connection, select, update
from sqlalchemy.exc import IntegrityError

from commands.calls import call_next
from commands.counters import open_counter
from commands.seed import SeedResult, seed
from commands.sessions import add_sessions
from commands.settings import (
    add_holiday,
    close_early,
    set_counter_services,
    set_daily_limit,
    set_hours,
    stop_ticketing,
    switch_counter,
    switch_service,
)
from commands.tickets import TicketRequest, issue_ticket
from config.catalogue import Catalogue, demonstration, load_catalogue
from config.catalogue_models import Session
from queueing.events import Kind
from queueing.states import StepState
from store import tables
from store.centre import CentreInfo, read_centre
from store.unit import Store
from tests.cast import MONDAY, HandClock, clock
from tests.processes import ROOT
from tests.queueing.test_sessions import a_session

WRITTEN = load_catalogue(ROOT / "config" / "centres" / "odsc.toml")
_codes = (f"SEED{number}" for number in count(1))
SETTINGS = ("centre_profiles", "services", "counters", "priority_groups", "holidays")


@pytest.fixture
def catalogue() -> Catalogue:
    """The product's catalogue with its first centre alone, under a code of its own."""
    return _with_centre(WRITTEN, code=next(_codes))


def _with_centre(catalogue: Catalogue, **changes: Any) -> Catalogue:
    centre = catalogue.centres[0].model_copy(update=changes)
    return catalogue.model_copy(update={"centres": (centre,)})


def _with(catalogue: Catalogue, tables: str, code: str, **changes: Any) -> Catalogue:
    """The catalogue with one service, priority or holiday changed."""
    rows = [
        row.model_copy(update=changes) if getattr(row, "code", None) == code else row
        for row in getattr(catalogue, tables)
    ]
    return catalogue.model_copy(update={tables: tuple(rows)})


def _outcome(store: Store, catalogue: Catalogue) -> str:
    (result,) = seed(store, catalogue)
    return result.outcome


def _info(store: Store, catalogue: Catalogue) -> CentreInfo:
    with store.reading() as conn:
        return read_centre(conn, _centre(conn, catalogue).id)


def _centre(conn: Connection, catalogue: Catalogue) -> Any:
    table = tables.Centre.__table__
    return conn.execute(select(table).where(table.c.code == catalogue.centres[0].code)).one()


def _rows(store: Store, catalogue: Catalogue) -> dict[str, Sequence[Any]]:
    """Everything that is stored of a centre."""
    with store.reading() as conn:
        centre = _centre(conn, catalogue).id
        return {
            table.name: conn.execute(
                select(table)
                .where((table.c.id if table.name == "centres" else table.c.centre_id) == centre)
                .order_by(*table.primary_key)
            ).all()
            for table in tables.Base.metadata.sorted_tables
            if table.name == "centres" or "centre_id" in table.c
        }


def test_a_new_centre_is_what_the_catalogue_says(store: Store, catalogue: Catalogue) -> None:
    assert seed(store, catalogue) == [SeedResult(catalogue.centres[0].code, "created")]
    info = _info(store, catalogue)
    assert (info.version, info.languages, info.zone.key) == (1, ("lo", "en"), "Asia/Vientiane")
    assert info.names["en"] == "Saysettha District One Door Service Centre"
    assert info.details["short"]["en"] == "ODSC Saysettha"
    assert info.hours.week == (((480, 720), (780, 960)),) * 5 + ((), ())
    assert info.hours.lunch is not None
    assert info.hours.lunch.tickets_open == 765
    assert date(2026, 12, 2) in info.hours.holidays
    assert info.hours.last_ticket_minutes == 15
    assert info.rules.no_show_grace == timedelta(minutes=10)
    assert info.rules.remote_tickets is True
    assert info.notice is None


def test_a_new_centre_has_the_catalogues_services_counters_and_groups(store: Store, catalogue: Catalogue) -> None:
    seed(store, catalogue)
    info = _info(store, catalogue)
    assert tuple(info.services) == catalogue.centres[0].services
    residence = info.services["RES"]
    assert (residence.series, residence.then, residence.group) == ("A", ("PAY",), "civil")
    assert residence.target == timedelta(minutes=15)
    assert residence.group_names["en"] == "Civil registration"
    assert [document["code"] for document in residence.documents] == [
        "form",
        "family_book",
        "id_card",
        "village_letter",
    ]
    assert residence.documents[0]["names"]["en"] == "Application form"
    assert sorted(info.counters) == [1, 2, 3, 4, 5, 6, 7, 8]
    assert info.counters[8].services == ("PAY", "COLLECT", "LANDTAX")
    assert (info.counters[1].accessible, info.counters[2].accessible) == (True, False)
    assert {code: group.enabled for code, group in info.groups.items()} == {
        "ELDER": True, "PREG": True, "DISAB": True, "MONK": True, "INFANT": True, "REMOTE": False,
    }  # fmt: skip
    assert info.groups["ELDER"].weight == timedelta(minutes=30)


def test_what_no_screen_shows_yet_is_carried_along(store: Store, catalogue: Catalogue) -> None:
    seed(store, catalogue)
    rows = _rows(store, catalogue)
    (profile,) = rows["centre_profiles"]
    assert profile.rules == catalogue.centres[0].rules
    assert profile.rules["appointment_slot_minutes"] == 30
    assert profile.rules["retention_days_personal"] == 30
    birth = next(row for row in rows["services"] if row.code == "BIRTH")
    assert birth.details["note"]["en"] == "Should be registered within 30 days"
    assert birth.details["state_held"] == ["family_book", "id_card"]
    assert birth.slot_capacity == 2


def test_a_new_centre_begins_with_an_empty_log(store: Store, catalogue: Catalogue) -> None:
    seed(store, catalogue)
    rows = _rows(store, catalogue)
    assert (rows["centres"][0].seq, rows["events"]) == (0, [])
    assert {counter.state for counter in rows["counters"]} == {"closed"}


def test_seeding_again_changes_nothing(store: Store, catalogue: Catalogue) -> None:
    seed(store, catalogue)
    before = _rows(store, catalogue)
    assert _outcome(store, catalogue) == "unchanged"
    assert _rows(store, catalogue) == before


Change = Callable[[Catalogue], Catalogue]
CHANGES: dict[str, Change] = {
    "a name of the centre": lambda c: _with_centre(c, names={"lo": "ໃໝ່", "en": "New"}),
    "hours": lambda c: _with_centre(c, hours=c.centres[0].hours.model_copy(update={"sat": ((480, 720),)})),
    "a rule": lambda c: _with_centre(c, recall_times=5),
    "a service's target": lambda c: _with(c, "services", "RES", target_minutes=99.0),
    "the order of the services": lambda c: _with_centre(c, services=tuple(reversed(c.centres[0].services))),
    "a counter's services": lambda c: _with_centre(
        c, counters=(c.centres[0].counters[0].model_copy(update={"services": ("INFO",)}), *c.centres[0].counters[1:])
    ),
    "a group's weight": lambda c: _with(c, "priorities", "MONK", weight_minutes=1.0),
    "the groups given here": lambda c: _with_centre(c, priorities=("MONK", "REMOTE")),
    "a holiday more": lambda c: c.model_copy(
        update={"holidays": (*c.holidays, c.holidays[0].model_copy(update={"date": date(2030, 1, 1)}))}
    ),
    "a holiday less": lambda c: c.model_copy(update={"holidays": c.holidays[1:]}),
}  # fmt: skip


@pytest.mark.parametrize("what", CHANGES)
def test_a_change_is_made_and_told_once(store: Store, catalogue: Catalogue, what: str) -> None:
    seed(store, catalogue)
    first = _rows(store, catalogue)
    changed = CHANGES[what](catalogue)
    assert _outcome(store, changed) == "updated"
    rows = _rows(store, changed)
    assert (rows["centres"][0].version, rows["centres"][0].seq) == (2, 1)
    assert [event.kind for event in rows["events"]] == [Kind.CENTRE_UPDATED]
    assert [name for name in SETTINGS if rows[name] != first[name]] != []
    assert _outcome(store, changed) == "unchanged"
    assert _rows(store, changed) == rows
    assert _outcome(store, catalogue) == "updated"
    assert [name for name in SETTINGS if _rows(store, catalogue)[name] != first[name]] == []


def test_screens_are_told_the_new_settings(store: Store, catalogue: Catalogue) -> None:
    seed(store, catalogue)
    store.outgoing.clear()
    seed(store, _with_centre(catalogue, names={"lo": "ໃໝ່", "en": "New"}))
    (said,) = store.outgoing
    assert (said.event.kind, said.centre.names["en"], said.centre.version) == (Kind.CENTRE_UPDATED, "New", 2)


def test_the_next_press_knows_the_new_rules(store: Store, catalogue: Catalogue) -> None:
    seed(store, catalogue)
    code = catalogue.centres[0].code
    with store.unit(code) as unit:
        assert unit.centre.rules.recall_times == 2
    seed(store, _with_centre(catalogue, recall_times=5))
    with store.unit(code) as unit:
        assert unit.centre.rules.recall_times == 5


def test_the_day_goes_on(store: Store, catalogue: Catalogue) -> None:
    seed(store, catalogue)
    code = catalogue.centres[0].code
    with store.unit(code) as unit:
        for _ in range(3):
            issue_ticket(unit, TicketRequest(("RES",), "kiosk"))
        open_counter(unit, 3, ["RES", "MOVE"])
        called = call_next(unit, 3)
    assert called is not None
    assert called.state is StepState.CALLED
    before = _rows(store, catalogue)
    store.clock = HandClock(clock("9:00"))
    counters = tuple(
        counter.model_copy(update={"services": ("INFO",), "accessible": True})
        for counter in catalogue.centres[0].counters
    )
    assert _outcome(store, _with_centre(catalogue, counters=counters, names={"en": "New"})) == "updated"
    after = _rows(store, catalogue)
    for name in ("tickets", "steps", "number_counts"):
        assert after[name] == before[name]
    kept = ("number", "state", "open_services", "opened_at")
    assert [[row._mapping[k] for k in kept] for row in after["counters"]] == [
        [row._mapping[k] for k in kept] for row in before["counters"]
    ]
    centre, was = after["centres"][0], before["centres"][0]
    assert (centre.seq, centre.waiting, centre.last_at) == (was.seq + 1, was.waiting, was.last_at)


def test_what_the_catalogue_no_longer_has_is_disabled_and_comes_back(store: Store, catalogue: Catalogue) -> None:
    seed(store, catalogue)
    first = _rows(store, catalogue)
    centre = catalogue.centres[0]
    less = _with_centre(
        catalogue,
        services=tuple(code for code in centre.services if code != "INFO"),
        counters=centre.counters[1:],
    )
    less = less.model_copy(update={"priorities": less.priorities[1:]})
    assert _outcome(store, less) == "updated"
    info = _info(store, less)
    assert [code for code, service in info.services.items() if not service.enabled] == ["INFO"]
    assert [number for number, counter in info.counters.items() if not counter.enabled] == [1]
    assert [code for code, group in info.groups.items() if not group.enabled] == ["ELDER", "REMOTE"]
    assert _outcome(store, less) == "unchanged"
    assert _outcome(store, catalogue) == "updated"
    assert [name for name in SETTINGS if _rows(store, catalogue)[name] != first[name]] == []


def test_a_service_that_the_catalogue_disables_is_disabled(store: Store, catalogue: Catalogue) -> None:
    seed(store, _with(catalogue, "services", "INFO", enabled=False))
    assert not _info(store, catalogue).services["INFO"].enabled


def test_what_a_manager_switched_is_again_as_the_catalogue_says(store: Store, catalogue: Catalogue) -> None:
    seed(store, catalogue)
    code = catalogue.centres[0].code
    before = _info(store, catalogue)
    with store.unit(code) as unit:
        switch_service(unit, "RES", on=False)
        switch_counter(unit, 2, on=False)
        set_counter_services(unit, 1, ["RES"])
        set_daily_limit(unit, "RES", 5)
        close_early(unit, MONDAY, 15 * 60)
        set_hours(unit, [[]] * 7, None)
        add_holiday(unit, date(2027, 5, 5), {"en": "The centre's own day"})
        stop_ticketing(unit)
    assert _outcome(store, catalogue) == "updated"
    after = _info(store, catalogue)
    assert (after.services, after.counters) == (before.services, before.counters)
    alone = replace(before.hours, paused=True, early={MONDAY: 15 * 60})
    assert after.hours == alone, "a stop and an early closing are the manager's alone"


def test_a_daily_limit_is_the_catalogues(store: Store, catalogue: Catalogue) -> None:
    seed(store, catalogue)
    limited = _with(catalogue, "services", "RES", daily_limit=40)
    assert _outcome(store, limited) == "updated"
    assert _info(store, limited).services["RES"].daily_limit == 40
    assert _outcome(store, limited) == "unchanged"


def test_sessions_are_the_catalogues_where_it_has_any_else_the_managers(store: Store, catalogue: Catalogue) -> None:
    seed(store, catalogue)
    code = catalogue.centres[0].code
    with store.unit(code) as unit:
        add_sessions(unit, [a_session(services=("RES",))])
    (managers,) = _info(store, catalogue).sessions
    assert _outcome(store, catalogue) == "unchanged"
    assert _info(store, catalogue).sessions == (managers,)
    table = {"weekdays": ["mon", "tue"], "hours": "09:00-11:00", "services": ["BIRTH", "RES"], "slot_minutes": 30}
    wanted = _with_centre(catalogue, sessions=(Session.model_validate({**table, "capacity": 4}),))
    assert _outcome(store, wanted) == "updated"
    first, second = _info(store, wanted).sessions
    assert (first.weekday, second.weekday, first.services) == (1, 2, ("RES", "BIRTH"))
    assert _outcome(store, wanted) == "unchanged"
    assert _info(store, wanted).sessions == (first, second), "also their ids"
    assert _outcome(store, _with_centre(catalogue, sessions=())) == "updated"
    assert _info(store, catalogue).sessions == ()


def test_the_managers_notice_stays(store: Store, catalogue: Catalogue) -> None:
    seed(store, catalogue)
    with store.writing() as conn:
        mine = tables.CentreProfile.centre_id == _centre(conn, catalogue).id
        conn.execute(update(tables.CentreProfile).where(mine).values(notice={"lo": "ປິດໄວ", "en": "We close early"}))
    assert _outcome(store, catalogue) == "unchanged"
    seed(store, _with_centre(catalogue, recall_times=5))
    assert _info(store, catalogue).notice == {"lo": "ປິດໄວ", "en": "We close early"}


def test_only_the_centre_that_changed_is_told(store: Store) -> None:
    codes = next(_codes), next(_codes)
    centres = tuple(c.model_copy(update={"code": code}) for c, code in zip(WRITTEN.centres, codes, strict=True))
    both = WRITTEN.model_copy(update={"centres": centres})
    assert seed(store, both) == [SeedResult(code, "created") for code in codes]
    other = centres[1].model_copy(update={"recall_times": 5})
    changed = both.model_copy(update={"centres": (centres[0], other)})
    assert seed(store, changed) == [SeedResult(codes[0], "unchanged"), SeedResult(codes[1], "updated")]


def test_the_demonstration_centre_gives_and_calls_tickets_at_any_hour(store: Store) -> None:
    always = _with_centre(demonstration(WRITTEN), code=next(_codes))
    seed(store, always)
    store.clock = HandClock(clock("3:33"))
    with store.unit(always.centres[0].code) as unit:
        ticket = issue_ticket(unit, TicketRequest(("RES",), "kiosk"))
        open_counter(unit, 3)
        assert call_next(unit, 3) is not None
    assert (ticket.number, [step.service for step in ticket.steps]) == ("A001", ["RES", "PAY"])


def test_a_centre_is_seeded_whole_or_not_at_all(store: Store, catalogue: Catalogue) -> None:
    seed(store, catalogue)
    before = _rows(store, catalogue)
    twice = (catalogue.holidays[0].model_copy(update={"date": date(2031, 1, 1)}),) * 2
    broken = _with_centre(catalogue, recall_times=5).model_copy(update={"holidays": twice})
    with pytest.raises(IntegrityError):
        seed(store, broken)
    assert _rows(store, catalogue) == before
