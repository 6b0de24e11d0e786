"""Ids that no restore gives out twice, and the tokens that open a ticket."""

import string
import time
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.ids import new_id, ticket_of_token, ticket_token
from store.keys import create_signing_key, signing_key
from store.unit import Store

KEY, OTHER_KEY = bytes(range(32)), bytes(32)
IDS = st.integers(1, 2**63 - 1)
URL_SAFE = set(string.ascii_letters + string.digits + "-_")


@given(IDS)
def test_a_token_opens_its_ticket(ticket: int) -> None:
    assert ticket_of_token(KEY, ticket_token(KEY, ticket)) == ticket


@given(IDS)
def test_a_token_is_short_and_safe_in_an_address(ticket: int) -> None:
    token = ticket_token(KEY, ticket)
    assert set(token) <= URL_SAFE
    assert len(token) == 35


def test_a_token_is_the_same_each_time_it_is_printed_and_in_every_version() -> None:
    assert ticket_token(KEY, 42) == ticket_token(KEY, 42) == "AAAAAAAAACoK1rGBomqVVAYGqtxTkprDkDs"


@given(IDS)
def test_a_token_of_another_server_opens_nothing(ticket: int) -> None:
    assert ticket_of_token(KEY, ticket_token(OTHER_KEY, ticket)) is None


@given(IDS, st.integers(0, 34), st.sampled_from(sorted(URL_SAFE)))
def test_a_token_with_one_letter_changed_opens_nothing(ticket: int, place: int, letter: str) -> None:
    token = ticket_token(KEY, ticket)
    changed = token[:place] + letter + token[place + 1 :]
    assert ticket_of_token(KEY, changed) == (ticket if changed == token else None)


@given(IDS, st.integers(0, 34))
def test_a_token_cut_short_opens_nothing(ticket: int, length: int) -> None:
    assert ticket_of_token(KEY, ticket_token(KEY, ticket)[:length]) is None


@pytest.mark.parametrize("more", ["=", "==", "A", " ", "\n", "%", "é", "\x00", "\ud800"])
def test_a_token_with_anything_added_opens_nothing(more: str) -> None:
    token = ticket_token(KEY, 42)
    assert ticket_of_token(KEY, token + more) is None
    assert ticket_of_token(KEY, more + token) is None


@given(st.text())
def test_anything_else_opens_nothing(text: str) -> None:
    assert ticket_of_token(KEY, text) is None


@pytest.mark.parametrize("text", ["42", "0", "-1", "+/+/", "A" * 35, "A" * 36, "A" * 100_000, "💧"])
def test_neither_do_ids_and_likely_guesses(text: str) -> None:
    assert ticket_of_token(KEY, text) is None


def test_ids_grow_with_time_and_differ_within_a_moment() -> None:
    ids = [new_id() for _ in range(1000)]
    assert len(set(ids)) == 1000
    time.sleep(0.002)
    assert new_id() > max(ids)


def test_an_id_is_a_positive_63_bit_number_for_many_years(monkeypatch: pytest.MonkeyPatch) -> None:
    assert 0 < new_id() < 2**63
    in_2090 = datetime(2090, 1, 1, tzinfo=UTC).timestamp()
    monkeypatch.setattr("store.ids.time.time_ns", lambda: int(in_2090 * 1e9))
    assert 0 < new_id() < 2**63


def test_an_id_is_positive_even_when_the_machine_has_lost_its_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("store.ids.time.time_ns", lambda: 0)
    assert 0 <= new_id() < 2**22


def test_a_database_keeps_its_signing_key(store: Store) -> None:
    key = store.key
    with store.writing() as conn:
        create_signing_key(conn)
        assert signing_key(conn) == key
    assert len(key) == 32
