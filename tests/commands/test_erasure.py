"""Personal data is erased when the centre keeps it no longer, and nothing else changes by it."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update

from commands.appointments import book, check_in, move
from commands.calls import call_next, serve
from commands.day import end_past_days
from commands.details import Details, change_details
from commands.erasure import erase_old
from commands.housekeeping import erase_all_old
from commands.moves import hold
from commands.tickets import TicketRequest
from commands.verify import verify
from queueing.appointments import Appointment
from queueing.events import Kind
from queueing.refusals import NotFound
from queueing.visit import Visit
from reports.groups import By
from reports.measures import statistics
from reports.visits_csv import visits_csv
from store import tables
from store.busy import Busy
from store.changes import read_changes
from store.erasure import Erased, last_erasure
from store.notes import read_notes, read_person
from store.unit import Store
from tests.cast import MONDAY, RULES, Hall, a_hall, clock

TUESDAY = MONDAY + timedelta(days=1)
KEPT = RULES["retention_days_personal"]
GONE = MONDAY + timedelta(days=KEPT + 1)  # the first day on which Monday's is kept no longer
WHO = {"name": "Bounmy", "phone": "020 5555 1234"}
EVERYTHING = Erased(people=2, notes=1, bookers=1)


def a_day(hall: Hall) -> tuple[Visit, Appointment]:
    """Somebody who came, about whom a clerk wrote, and somebody who had booked: three who gave their names."""
    mine = hall.press(book, TicketRequest(("BIRTH",), "web", **WHO), clock("9:00"), email="b@example.com")
    visit = hall.ticket("RES", **WHO)
    hall.press(hold, visit.id, "Bounmy fetches his book")
    hall.at("8:50").press(check_in, mine.id, "kiosk")
    return visit, mine


def kept(hall: Hall) -> Erased:
    """What personal data there is of a centre."""
    t = tables
    of_ticket = select(t.Ticket.id).where(t.Ticket.centre_id == hall.centre)
    of_appointment = select(t.Appointment.id).where(t.Appointment.centre_id == hall.centre)
    where = {
        "people": t.Person.ticket_id.in_(of_ticket),
        "notes": t.Note.ticket_id.in_(of_ticket),
        "bookers": t.Booker.appointment_id.in_(of_appointment),
    }
    with hall.reading() as conn:
        counts = {kind: conn.execute(select(func.count()).where(mine)).scalar_one() for kind, mine in where.items()}
    return Erased(**counts)


def erasures(hall: Hall) -> list[dict[str, Any]]:
    """What the log says was erased."""
    facts = [dict(event.facts) for event in hall.events() if event.facts.get("what") == "data-erased"]
    return [{name: value for name, value in one.items() if name != "what"} for one in facts]


def keeps(hall: Hall, days: int) -> None:
    """The catalogue is loaded with another retention."""
    profile, centre = tables.CentreProfile, tables.Centre
    with hall.store.writing() as conn:
        rules = conn.execute(select(profile.rules).where(profile.centre_id == hall.centre)).scalar_one()
        changed = {**rules, "retention_days_personal": days}
        conn.execute(update(profile).where(profile.centre_id == hall.centre).values(rules=changed))
        conn.execute(update(centre).where(centre.id == hall.centre).values(version=centre.version + 1))


def erase(hall: Hall, day: date) -> Erased:
    return erase_old(hall.at("8:00", day).store, hall.code)


def test_all_of_a_day_is_erased_when_it_is_kept_no_longer_and_not_before(hall: Hall) -> None:
    visit, mine = a_day(hall)
    assert kept(hall) == EVERYTHING
    assert erase(hall, GONE - timedelta(days=1)) == Erased()
    assert kept(hall) == EVERYTHING
    assert erase(hall, GONE) == EVERYTHING
    assert kept(hall) == Erased()
    with hall.reading() as conn:
        assert read_person(conn, visit.id).name is None
        assert read_notes(conn, hall.centre, visit.id) == []
    assert hall.visit(visit).number == "A001"
    assert mine.id


def test_of_an_appointment_its_start_counts_however_early_it_was_booked(hall: Hall) -> None:
    keeps(hall, 0)
    far = clock("9:00", MONDAY + timedelta(days=14))
    mine = hall.press(book, TicketRequest(("BIRTH",), "web", **WHO), far)
    moved = hall.press(book, TicketRequest(("RES",), "web", **WHO), clock("9:00", TUESDAY))
    hall.press(move, moved.id, far)
    for day in range(1, 15):
        erase(hall, MONDAY + timedelta(days=day))
        assert kept(hall) == Erased(bookers=2), "one still to come is never erased"
    assert erase(hall, MONDAY + timedelta(days=15)) == Erased(bookers=2)
    assert mine.id


def test_the_log_says_what_was_erased_and_never_what_it_was(hall: Hall) -> None:
    a_day(hall)
    erase(hall, GONE)
    assert erasures(hall) == [{"day": MONDAY.isoformat(), "people": 2, "notes": 1, "bookers": 1}]
    assert not any(word in str(hall.events()) for word in ("Bounmy", "5555", "example"))
    with hall.reading() as conn:
        last = last_erasure(conn, hall.centre)
        assert (last and last.kind, last and last.actor) == (Kind.CENTRE_UPDATED, "erasing")
        assert read_changes(conn, hall.centre) == [], "nobody has changed a setting"


def test_it_is_done_once_a_day_and_safe_to_repeat(hall: Hall) -> None:
    a_day(hall)
    assert [erase(hall, GONE) for _ in range(3)] == [EVERYTHING, Erased(), Erased()]
    assert len(erasures(hall)) == 1
    erase(hall, GONE + timedelta(days=1))
    assert erasures(hall)[1:] == [{"day": TUESDAY.isoformat(), "people": 0, "notes": 0, "bookers": 0}]


def test_a_centre_where_nothing_ever_happened_has_nothing_to_tell(hall: Hall) -> None:
    assert erase(hall, GONE) == Erased()
    assert hall.events() == []


class Killed(BaseException):
    """The process is gone."""


def test_what_a_kill_left_is_erased_by_the_next_run(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    for day in (MONDAY, TUESDAY):
        hall.at("9:00", day).ticket("RES", **WHO)
    units = Store.unit
    opened = iter(range(99))

    def dies(self: Store, code: str, actor: str | None = None) -> Any:
        if next(opened) == 8:  # Monday and the seven days before it were done
            raise Killed
        return units(self, code, actor)

    monkeypatch.setattr(Store, "unit", dies)
    with pytest.raises(Killed):
        erase(hall, GONE + timedelta(days=9))
    monkeypatch.setattr(Store, "unit", units)
    assert kept(hall).people == 1
    erase(hall, GONE + timedelta(days=9))
    assert kept(hall) == Erased()
    assert sum(one["people"] for one in erasures(hall)) == 2, "each is told of once"


def test_what_a_visit_gives_that_outlives_its_day_is_erased_too(hall: Hall) -> None:
    keeps(hall, 0)
    hall.at("23:50").ticket("BIRTH")
    visit = being_served(hall)
    erase(hall, TUESDAY)
    hall.press(change_details, visit.id, Details(name="Bounmy"))
    assert kept(hall).people == 1
    assert erase(hall, TUESDAY + timedelta(days=1)).people == 1


def test_each_centre_keeps_as_long_as_it_says(store: Store) -> None:
    short, usual = a_hall(store, retention_days_personal=1), a_hall(store)
    for one in (short, usual):
        one.at("8:00")
        a_day(one)
    assert erase(short, GONE - timedelta(days=5)) == EVERYTHING
    assert erase(usual, GONE - timedelta(days=5)) == Erased()
    assert (kept(short), kept(usual)) == (Erased(), EVERYTHING)
    keeps(usual, 1)
    assert erase(usual, GONE - timedelta(days=5)) == EVERYTHING
    keeps(usual, 99)
    assert erase(usual, GONE) == Erased()


def test_figures_files_and_proof_are_the_same_after_it(hall: Hall) -> None:
    a_day(hall)
    being_served(hall.at("9:10"))
    hall.later(5).press(call_next, 2, finish=True)
    hall.at("8:00", GONE).press(end_past_days)
    before = _figures(hall)
    assert erase(hall, GONE) == EVERYTHING
    assert _figures(hall) == before
    assert "Bounmy" not in "".join(before[1])
    assert verify(hall.store, hall.code, all_days=True) == []


def being_served(hall: Hall) -> Visit:
    """Whoever is next at counter 2."""
    called = hall.opens(2).press(call_next, 2)
    assert called is not None
    return hall.press(serve, called.id)


def _figures(hall: Hall) -> tuple[Any, list[str]]:
    with hall.reading() as conn:
        return (
            [statistics(conn, hall.info, MONDAY, TUESDAY, by) for by in By],
            list(visits_csv(conn, hall.info, MONDAY, TUESDAY)),
        )


@pytest.fixture
def two_halls(store: Store) -> tuple[Hall, Hall]:
    halls = a_hall(store), a_hall(store)
    for one in halls:
        a_day(one.at("8:00"))
    return halls


def test_one_centre_can_be_erased_alone(two_halls: tuple[Hall, Hall]) -> None:
    first, second = two_halls
    store = first.at("8:00", GONE).store
    assert erase_all_old(store, first.code) == {first.code: EVERYTHING}
    assert kept(second) == EVERYTHING
    with pytest.raises(NotFound):
        erase_all_old(store, "NOWHERE")


def test_a_busy_centre_keeps_its_own_for_the_next_time(
    two_halls: tuple[Hall, Hall], monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = two_halls
    units = Store.unit

    def busy_at_one(self: Store, code: str, actor: str | None = None) -> Any:
        if code == first.code:
            raise Busy
        return units(self, code, actor)

    monkeypatch.setattr(Store, "unit", busy_at_one)
    busy: list[str] = []
    erased = erase_all_old(first.at("8:00", GONE).store, busy=busy)
    assert busy == [first.code]
    assert (kept(first), erased[second.code], kept(second)) == (EVERYTHING, EVERYTHING, Erased())
