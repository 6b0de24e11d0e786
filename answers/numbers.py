"""Whole numbers as people and pages send them."""


def whole_number(text: str, digits: int = 18) -> int | None:
    """The number that is written in at most so many digits; None for anything else, also for those of other scripts."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= digits else None
