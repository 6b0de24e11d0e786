"""Ticket numbers: a series and a count, as they are called out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queueing.numbering import parse_number, ticket_number

SERIES = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=1, max_size=3)
COUNTS = st.integers(1, 999_999_999)


@pytest.mark.parametrize(
    ("count", "number"), [(1, "A001"), (42, "A042"), (999, "A999"), (1000, "A1000"), (9999, "A9999"), (10000, "A10000")]
)
def test_numbers_have_three_digits_and_grow(count: int, number: str) -> None:
    assert ticket_number("A", count) == number


def test_a_centre_may_have_more_digits_and_longer_series() -> None:
    assert ticket_number("AB", 7, digits=4) == "AB0007"


@pytest.mark.parametrize(("series", "count"), [("A", 0), ("A", -1), ("", 1), ("a", 1), ("A1", 1), ("ກ", 1)])
def test_what_cannot_be_called_out_is_refused(series: str, count: int) -> None:
    with pytest.raises(ValueError, match="no ticket number"):
        ticket_number(series, count)


@given(SERIES, COUNTS, SERIES, COUNTS)
def test_two_people_never_have_one_number(series: str, count: int, other: str, other_count: int) -> None:
    same = ticket_number(series, count) == ticket_number(other, other_count)
    assert same == ((series, count) == (other, other_count))


@given(SERIES, COUNTS, st.integers(1, 6))
def test_a_number_says_its_series_and_count(series: str, count: int, digits: int) -> None:
    assert parse_number(ticket_number(series, count, digits=digits)) == (series, count)


@pytest.mark.parametrize("number", ["", "A", "001", "A-1", "a001", "A000", "A0000000001", "1A", "A00١", "Ä001"])
def test_a_number_from_elsewhere_says_nothing(number: str) -> None:
    assert parse_number(number) is None
