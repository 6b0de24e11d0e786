"""The first answer to a keyed request, kept for 48 hours."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from store.idempotency import KeptAnswer, KeyedRequest, forget_old_keys, keep_answer, recall_answer
from store.ids import new_id
from store.tables import IdempotencyKey
from store.unit import Store, Unit
from tests.cast import Hall


def a_request(body: bytes = b"{}", key: str | None = None) -> KeyedRequest:
    return KeyedRequest.of("keo", "POST", "/api/v1/centres/SAY/tickets", key or str(new_id()), body)


def test_a_new_key_has_no_answer(store: Store) -> None:
    with store.reading() as conn:
        assert recall_answer(conn, a_request()) is None


def test_a_key_has_the_first_answer(store: Store) -> None:
    request = a_request()
    with store.writing() as conn:
        keep_answer(conn, request, 201, {"number": "A001", "name": "ໃບຢັ້ງຢືນ"})
    with store.reading() as conn:
        kept = recall_answer(conn, request)
    assert kept == KeptAnswer(request.body_hash, 201, {"number": "A001", "name": "ໃບຢັ້ງຢືນ"})


def test_another_body_under_the_same_key_is_seen(store: Store) -> None:
    request = a_request(key="one")
    assert a_request(b'{"services":[]}', "one").scope == request.scope
    assert a_request(b'{"services":[]}', "one").body_hash != request.body_hash


PART = st.text("ab/", max_size=3)  # no caller, method, path or key has a line break in it
PARTS = st.tuples(PART, PART, PART, PART)


@given(PARTS, PARTS)
def test_two_requests_share_an_answer_only_when_all_is_the_same(
    first: tuple[str, str, str, str], second: tuple[str, str, str, str]
) -> None:
    assert (KeyedRequest.of(*first, b"").scope == KeyedRequest.of(*second, b"").scope) == (first == second)


def test_an_answer_is_kept_in_the_transaction_that_changed_something(hall: Hall) -> None:
    request = a_request()

    def keep_and_fail(unit: Unit) -> None:
        keep_answer(unit.conn, request, 201, {})
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        hall.press(keep_and_fail)
    with hall.reading() as conn:
        assert recall_answer(conn, request) is None


def test_a_key_is_answered_once(store: Store) -> None:
    request = a_request()
    with store.writing() as conn:
        keep_answer(conn, request, 201, {})
    with pytest.raises(IntegrityError), store.writing() as conn:
        keep_answer(conn, request, 200, {})


def test_answers_are_forgotten_after_48_hours(store: Store) -> None:
    old, fresh = a_request(), a_request()
    with store.writing() as conn:
        keep_answer(conn, old, 201, {})
        keep_answer(conn, fresh, 201, {})
        for request, age in ((old, timedelta(hours=48, seconds=1)), (fresh, timedelta(hours=47))):
            made = {"created_at": datetime.now(UTC) - age}
            conn.execute(update(IdempotencyKey).where(IdempotencyKey.scope == request.scope).values(made))
        assert forget_old_keys(conn) == 1
        assert recall_answer(conn, old) is None
        assert recall_answer(conn, fresh) is not None
