"""Ticket numbers: the service's series letter and a count that starts at one each business day."""

SERIES_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


_MOST_LETTERS = 3


def paper_series(series: str) -> str | None:
    """The letters of a series' numbers on a pad of paper tickets: `AP` for A, which no machine gives.

    None for a series that leaves no room for another letter.
    """
    letters = f"{series}P"
    return letters if len(letters) <= _MOST_LETTERS else None


def ticket_number(series: str, count: int, *, digits: int = 3) -> str:
    """`A001` for the first of series A; grows a digit past `999` and never wraps, so no number repeats in a day.

    Raises ValueError for a count below one or a series that is not capital letters.
    """
    if count < 1 or not series or set(series) - set(SERIES_ALPHABET):
        raise ValueError(f"no ticket number for series {series!r}, count {count}")
    return f"{series}{count:0{digits}d}"


def parse_number(number: str) -> tuple[str, int] | None:
    """The series and count of a number made here, or None for one from elsewhere (an imported log's)."""
    series = number.rstrip("0123456789")
    count = number[len(series) :]
    if not series or not count or len(count) > 9 or set(series) - set(SERIES_ALPHABET) or int(count) < 1:
        return None
    return series, int(count)
