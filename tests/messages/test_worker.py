"""Who sends: at least once with one id, again after a while when it fails, never what is no longer so."""

import io
import logging
import threading
from datetime import timedelta

from sqlalchemy import delete, update

from commands.appointments import cancel, check_in, move
from commands.calls import call_next
from commands.messages import send_again
from messages.carriers import Gateways
from messages.letters import Letter
from messages.worker import CLAIMED_FOR, Worker
from queueing.messages import MOST_TRIES, MessageState
from store.ids import appointment_of_token, ticket_of_token
from store.messages import claim_message, end_message
from store.tables import Booker, Message
from tests.cast import Hall, a_hall, another_store, clock
from tests.messages.gateway import Gateway
from tests.messages.outbox import EMAIL, FRIDAY, NINE, PHONE, PUBLIC_URL, Hand, booked, outbox, states, work

DAY = timedelta(days=1)
THURSDAY = FRIDAY - DAY
SENT = ("sent", None)


def test_a_booking_is_told_in_the_bookers_language_with_its_own_link(hall: Hall) -> None:
    hand = Hand()
    made = booked(hall, language="en", email=EMAIL)
    work(hall, hand)
    (letter,) = hand.letters
    link = f"{PUBLIC_URL}/a/"
    said = f"Saysettha: booked for Friday 27 November, 09:00. Reference {made.reference}. To move or cancel: {link}"
    assert letter.text.startswith(said)
    assert appointment_of_token(hall.store.key, letter.text.removeprefix(said)) == made.id
    assert letter.to == (PHONE, EMAIL)
    assert letter.subject == f"Saysettha: Appointment {made.reference}"
    assert states(hall) == [("booked", *SENT), ("reminder", "waiting", None)]


def test_who_has_chosen_no_language_is_told_in_the_centres_first(hall: Hall) -> None:
    hand = Hand()
    booked(hall)
    work(hall, hand)
    assert "ໄຊເສດຖາ: ນັດໝາຍແລ້ວ ວັນສຸກ" in hand.letters[0].text


def test_a_reminder_is_sent_the_day_before_and_nothing_is_sent_twice(hall: Hall) -> None:
    hand = Hand()
    booked(hall, language="en")
    for text in ("8:59", "9:00", "9:01"):
        work(hall.at(text, THURSDAY), hand)
    assert [letter.text.partition(".")[0] for letter in hand.letters] == [
        "Saysettha: booked for Friday 27 November, 09:00",
        "Saysettha: see you on Friday 27 November, 09:00",
    ]


def test_what_was_moved_is_told_and_reminded_of_at_its_new_time_alone(hall: Hall) -> None:
    hand = Hand()
    made = booked(hall, language="en")
    work(hall, hand)
    hall.press(move, made.id, NINE + DAY)
    for text in ("8:30", "9:30"):
        work(hall.at(text, THURSDAY), hand)
    work(hall.at("9:30", FRIDAY), hand)
    assert [letter.text[11:30] for letter in hand.letters] == [
        "booked for Friday 2",
        "your appointment is",
        "see you on Saturday",
    ]
    assert ("reminder", "dropped", "overtaken") in states(hall)


def test_what_was_cancelled_before_it_was_sent_is_told_as_cancelled_alone(hall: Hall) -> None:
    hand = Hand()
    made = booked(hall, language="en")
    hall.press(cancel, made.id)
    work(hall.at("9:30", THURSDAY), hand)
    assert [letter.text[11:45] for letter in hand.letters] == ["your appointment on Friday 27 Nove"]
    dropped = ("dropped", "overtaken")
    assert sorted(states(hall)) == [("booked", *dropped), ("cancelled", *SENT), ("reminder", *dropped)]


def test_who_is_here_already_is_not_reminded(hall: Hall) -> None:
    hand = Hand()
    made = booked(hall)
    work(hall, hand)
    hall.at("8:45", FRIDAY).press(check_in, made.id, "web")
    work(hall, hand)
    assert states(hall)[-1] == ("reminder", "dropped", "overtaken")
    assert len(hand.letters) == 1


def test_after_a_long_outage_nobody_is_reminded_of_what_is_past(hall: Hall) -> None:
    hand = Hand()
    booked(hall)
    work(hall.at("9:00", FRIDAY), hand)
    assert states(hall) == [("booked", "dropped", "past"), ("reminder", "dropped", "past")]
    assert hand.letters == []


def test_whose_address_was_erased_is_told_nothing(hall: Hall) -> None:
    hand = Hand()
    booked(hall)
    with hall.store.writing() as conn:
        conn.execute(delete(Booker))
    work(hall, hand)
    assert states(hall)[0] == ("booked", "dropped", "no-address")


def test_a_gateway_that_fails_is_tried_again_with_the_same_id_and_more_and_more_patience(
    hall: Hall, gateway: Gateway
) -> None:
    gateway.answers = [500, 503]
    carrier = Gateways([gateway.address])
    booked(hall)
    work(hall, carrier)
    assert states(hall)[0] == ("booked", "waiting", "http-500")
    work(hall.later(seconds=29), carrier)
    assert len(gateway.taken) == 1
    work(hall.later(seconds=1), carrier)
    assert states(hall)[0] == ("booked", "waiting", "http-503")
    work(hall.later(seconds=59), carrier)
    assert len(gateway.taken) == 2
    work(hall.later(seconds=1), carrier)
    assert states(hall)[0] == ("booked", *SENT)
    assert gateway.ids == [str(outbox(hall)[0].id)] * 3


def test_a_message_fails_after_many_tries_and_can_be_sent_again_by_hand(hall: Hall) -> None:
    hand = Hand(*["http-403"] * MOST_TRIES)
    booked(hall)
    for _ in range(MOST_TRIES + 3):
        work(hall.later(60), hand)
    assert states(hall)[0] == ("booked", "failed", "http-403")
    assert outbox(hall)[0].tries == MOST_TRIES
    elsewhere = a_hall(hall.store)
    for who in (elsewhere, hall):
        who.clock.at = clock("8:00", THURSDAY)
        who.press(send_again, outbox(hall)[0].id)
        work(hall, hand)
        assert len(hand.letters) == (who is hall), "another centre cannot"
    hall.press(send_again, outbox(hall)[0].id)
    work(hall, hand)
    assert len(hand.letters) == 1, "what was sent is not sent again"


def test_others_go_on_writing_while_a_gateway_takes_its_time(hall: Hall) -> None:
    class SlowHand(Hand):
        def send(self, letter: Letter) -> None:
            with other.writing() as conn:  # Busy where a transaction is open meanwhile
                conn.execute(update(Message).values(made_at=hall.clock.now()))
            super().send(letter)

    hand = SlowHand()
    booked(hall)
    with another_store(hall.store) as other:
        work(hall, hand)
    assert states(hall)[0] == ("booked", *SENT)


def test_who_is_killed_between_sending_and_record_leaves_it_to_be_sent_again(hall: Hall) -> None:
    hand, now = Hand(), hall.clock.now()
    booked(hall)
    with hall.store.writing() as conn:
        dead = claim_message(conn, now, now + CLAIMED_FOR)
    work(hall.later(seconds=CLAIMED_FOR.total_seconds() - 1), hand)
    assert hand.letters == [], "somebody else may be sending it"
    work(hall.later(seconds=1), hand)
    assert [letter.id for letter in hand.letters] == [dead and dead.id]


def test_who_was_so_slow_that_another_sends_it_records_nothing(hall: Hall) -> None:
    now = hall.clock.now()
    booked(hall)
    with hall.store.writing() as conn:
        slow = claim_message(conn, now, now)
        other = claim_message(conn, now, now + CLAIMED_FOR)
        assert slow and other and slow.id == other.id  # noqa: PT018 - for the type checker
        end_message(conn, slow, MessageState.FAILED, now, "no-answer")
    assert states(hall)[0] == ("booked", "waiting", None)


def test_a_message_that_kills_whoever_sends_it_is_given_up(hall: Hall) -> None:
    hand = Hand()
    booked(hall)
    with hall.store.writing() as conn:
        conn.execute(update(Message).values(tries=MOST_TRIES))
    work(hall, hand)
    assert states(hall)[0] == ("booked", "failed", "interrupted")
    assert hand.letters == []


def test_two_workers_send_nothing_twice(hall: Hall, gateway: Gateway) -> None:
    for minutes in range(30):
        booked(hall, NINE + timedelta(minutes=30 * minutes))
    with another_store(hall.store) as other:
        workers = [Worker(store, Gateways([gateway.address]), PUBLIC_URL) for store in (hall.store, other) * 2]
        threads = [threading.Thread(target=worker.work) for worker in workers]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sorted(gateway.ids) == sorted(str(row.id) for row in outbox(hall) if row.kind == "booked")


def test_who_waits_with_a_phone_is_told_once_that_the_turn_is_near(hall: Hall) -> None:
    hand = Hand()
    first = [hall.ticket() for _ in range(4)]
    mine = hall.ticket(phone=PHONE, language="en")
    hall.ticket()
    work(hall, hand)
    assert hand.letters == [], "no counter is open"
    work(hall.opens(1), hand)
    assert hand.letters == [], "four people are before"
    hall.press(call_next, 1)
    work(hall, hand)
    (letter,) = hand.letters
    said = f"Saysettha: {mine.number}, it is almost your turn. Please be near the counters. {PUBLIC_URL}/t/"
    assert letter.text.startswith(said)
    assert ticket_of_token(hall.store.key, letter.text.removeprefix(said)) == mine.id
    assert len(first) == hall.info.rules.near_turn_ahead + 1
    work(hall.later(5), hand)
    assert len(hand.letters) == 1


def test_who_is_called_before_the_message_goes_out_is_not_told(hall: Hall) -> None:
    hand = Hand("no-answer")
    hall.ticket(phone=PHONE)
    work(hall.opens(1), hand)
    hall.press(call_next, 1)
    work(hall.later(1), hand)
    assert states(hall) == [("near_turn", "dropped", "overtaken")]


def test_a_carrier_of_emails_tells_nobody_that_the_turn_is_near(hall: Hall) -> None:
    hand = Hand()
    hand.reach = frozenset({"email"})
    hall.ticket(phone=PHONE)
    work(hall.opens(1), hand)
    assert outbox(hall) == []


def test_nothing_of_anybody_is_logged(hall: Hall, gateway: Gateway) -> None:
    said = io.StringIO()
    handler, log = logging.StreamHandler(said), logging.getLogger()
    log.addHandler(handler)
    gateway.answers = [400]
    nowhere = "json://127.0.0.1:9/mail?:to={email}"
    booked(hall, email=EMAIL)
    work(hall, Gateways([gateway.address, nowhere]))
    work(hall.later(1), Gateways([nowhere]))
    log.removeHandler(handler)
    message = outbox(hall)[0].id
    assert said.getvalue().splitlines() == [
        f"message {message} was not sent: {why}" for why in ("http-400", "no-answer")
    ]
