"""What a clerk's day needs beyond calling and serving, as the pages take it."""

from collections.abc import Callable

from commands.calls import call_next, finish, serve
from commands.moves import transfer
from queueing.states import CounterState, StepState
from store.notes import read_notes
from tests.cast import Hall
from tests.pages.reader import Reader
from tests.pages.test_counter import at_counter

Readers = Callable[..., Reader]


def test_a_chosen_person_needs_a_reason_that_the_manager_reads(reader: Readers, hall: Hall) -> None:
    hall.opens(1).ticket()
    second = hall.ticket()
    clerk, address = at_counter(reader, hall, 1)
    clerk.get(f"{address}?about={second.id}")
    assert clerk.press(f"{address}/call", reason=" ").status_code == 422
    assert hall.visit(second).state is StepState.WAITING
    clerk.get(f"{address}?about={second.id}")
    clerk.press(f"{address}/call", reason="her bus leaves")
    assert clerk.show("current") == "B002"
    noy = reader("manager")
    record = noy.get(f"/office/{hall.code}/changes").text
    assert "her bus leaves" in record.partition('data-show="chosen"')[2]
    assert 'data-number="B001"' not in record
    clerk.get(address)
    clerk.press(f"{address}/undo")
    assert 'data-show="chosen"' not in noy.get(f"/office/{hall.code}/changes").text, "it is no call any more"


def test_a_break_has_a_reason_that_the_manager_sees(reader: Readers, hall: Hall) -> None:
    clerk, address = at_counter(reader, hall.opens(1), 1, lang="en")
    clerk.press(f"{address}/pause", reason="meal")
    assert hall.counter(1).state is CounterState.PAUSED
    noy = reader("manager", lang="en")
    noy.get(f"/office/?centre={hall.code}")
    assert noy.show("break") == "A meal"


def test_a_missing_document_keeps_the_number_for_today(reader: Readers, hall: Hall) -> None:
    visit = hall.opens(1).ticket("RES")
    hall.press(call_next, 1)
    hall.press(serve, visit.id)
    clerk, address = at_counter(reader, hall, 1)
    assert clerk.press(f"{address}/missing").status_code == 422
    assert hall.visit(visit).state is StepState.SERVING
    clerk.get(address)
    clerk.press(f"{address}/missing", missing="id_card")
    assert (hall.visit(visit).state, hall.visit(visit).step.missing) == (StepState.ON_HOLD, ["id_card"])
    clerk.get(f"{address}?show=aside")
    clerk.press(f"{address}/resume?show=aside")
    hall.press(call_next, 1)
    clerk.get(address)
    assert clerk.show("missing") == "Id_Card"


def test_what_is_ready_later_is_finished_with_its_reference(reader: Readers, hall: Hall) -> None:
    visit = hall.opens(1).ticket("BIRTH")
    hall.press(call_next, 1)
    hall.press(serve, visit.id)
    clerk, address = at_counter(reader, hall, 1, lang="en")
    assert clerk.press(f"{address}/ready", ready_on="2020-01-01", reference="12/2026").status_code == 422
    assert hall.visit(visit).state is StepState.SERVING
    clerk.get(address)
    clerk.press(f"{address}/ready", ready_on="2026-11-27", reference="12/2026")
    after = hall.visit(visit)
    assert (after.state, str(after.step.ready_on)) == (StepState.FINISHED, "2026-11-27")
    assert clerk.has("print-ready")
    paper = clerk.get(f"/counter/{hall.code}/reception/{visit.id}").text.partition('class="paper"')[2]
    assert "27 Nov" in paper
    assert "12/2026" in paper


def test_what_was_given_once_is_shown_at_the_next_counter(reader: Readers, hall: Hall) -> None:
    visit = hall.opens(1, 3).ticket("RES")
    hall.press(call_next, 1)
    clerk, address = at_counter(reader, hall, 1)
    clerk.press(f"{address}/details", name="Bounmy", phone="020 5555 1234", reference="12/2026", documents="form")
    hall.press(serve, visit.id)
    hall.press(finish, visit.id)
    hall.press(call_next, 3)
    cashier, _ = at_counter(reader, hall, 3)
    assert cashier.show("reference") == "12/2026"
    assert "Bounmy" in cashier.text
    assert 'name="documents" value="form"' in cashier.text, "it is kept although it is not asked for here"


def test_a_claimed_priority_is_confirmed_or_withdrawn(reader: Readers, hall: Hall) -> None:
    visit = hall.opens(1).ticket(priority="ELDER")
    hall.press(call_next, 1)
    clerk, address = at_counter(reader, hall, 1)
    clerk.press(f"{address}/priority", priority="ELDER")
    assert hall.visit(visit).priority_confirmed
    assert not clerk.has("confirm-priority")
    waiting = hall.ticket(priority="MONK")
    clerk.get(f"{address}?about={waiting.id}")
    fields = {**clerk.form(f"{address}/priority"), "ticket": str(waiting.id), "priority": ""}
    clerk.post(f"{address}/priority", fields)
    assert hall.visit(waiting).priority is None


def test_the_last_press_is_undone_by_who_pressed_it(reader: Readers, hall: Hall) -> None:
    visit = hall.opens(1).ticket()
    clerk, address = at_counter(reader, hall, 1)
    assert not clerk.has("undo")
    clerk.press(f"{address}/next")
    other, _ = at_counter(reader, hall, 1)
    assert not other.has("undo"), "it was another's press"
    clerk.press(f"{address}/undo")
    assert clerk.show("current") == ""
    assert hall.visit(visit).state is StepState.WAITING
    assert not clerk.has("undo")


def test_somebody_who_stands_there_is_served_at_once(reader: Readers, hall: Hall) -> None:
    clerk, address = at_counter(reader, hall.opens(1), 1)
    clerk.press(f"{address}/at-once", services="INFO")
    assert clerk.show("current") == "W001"
    assert [visit.state for visit in hall.visits().values()] == [StepState.SERVING]


def test_who_waits_for_this_counter_alone_is_named_before_it_closes(reader: Readers, hall: Hall) -> None:
    visit = hall.opens(1).ticket("INFO")
    hall.press(transfer, visit.id, counter=1)
    clerk, address = at_counter(reader, hall, 1)
    assert "W001" in clerk.text.partition('id="choose-close"')[2].partition("</details>")[0]
    clerk.press(f"{address}/close")
    assert hall.visit(visit).step.direct_to is None


def test_a_counter_says_whom_it_helps_and_why(reader: Readers, hall: Hall) -> None:
    hall.opens(3).ticket("INFO")
    clerk, address = at_counter(reader, hall.at("8:20"), 3, lang="en")
    assert "W001" in clerk.text.partition('data-part="next-who"')[2].partition("</span>")[0]
    clerk.get(f"{address}?show=all")
    assert "Waits longer than the target" in clerk.text


def test_who_waits_is_cancelled_with_a_reason(reader: Readers, hall: Hall) -> None:
    visit = hall.opens(1).ticket()
    clerk, address = at_counter(reader, hall, 1)
    clerk.get(f"{address}?about={visit.id}")
    clerk.press(f"{address}/cancel", reason="came to the wrong centre")
    assert hall.visit(visit).state is StepState.CANCELLED
    with hall.reading() as conn:
        assert [note.text for note in read_notes(conn, hall.centre, visit.id)] == ["came to the wrong centre"]
