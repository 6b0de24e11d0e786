"""A centre's opening hours as people read them: days with the same hours in one line."""

from collections.abc import Mapping, Sequence
from itertools import groupby

from babel import Locale, UnknownLocaleError
from babel.dates import get_day_names

from answers.centres import WEEKDAYS


def week_lines(hours: Mapping[str, Sequence[str]], lang: str) -> list[tuple[str, str]]:
    """The days and their times, as `("Monday – Friday", "08:00–12:00, 13:00–16:00")`; empty times mean closed."""
    names = _day_names(lang)
    lines = []
    for times, together in groupby(range(len(WEEKDAYS)), key=lambda day: tuple(hours[WEEKDAYS[day]])):
        days = list(together)
        name = names[days[0]] if len(days) == 1 else f"{names[days[0]]} – {names[days[-1]]}"
        lines.append((name, ", ".join(time.replace("-", "–") for time in times)))
    return lines


def _day_names(lang: str) -> list[str]:
    try:
        names = get_day_names("wide", locale=Locale.parse(lang))
    except (UnknownLocaleError, ValueError):  # Khmu, Hmong in Latin letters
        names = get_day_names("wide", locale="en")
    return [names[day] for day in range(len(WEEKDAYS))]
