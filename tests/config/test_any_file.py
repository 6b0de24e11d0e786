"""Whatever somebody types into a catalogue: it loads, or it is told what is wrong and where."""

import re
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import example, given, settings
from hypothesis import strategies as st

from config.catalogue import CatalogueError, load_catalogue
from config.catalogue_models import minute_of_day
from tests.config.files import SMALL

LINES = SMALL.splitlines()
SETTINGS = [number for number, line in enumerate(LINES) if " = " in line]
VALUES = [
    *("5", "-1", "0", "1.5", "nan", "-inf", "true", '""', '" "', '"x"', '"RES"', '"SAY"', '"{}"', "08:00:00"),
    *("2026-01-01", "2026-01-01T08:00:00Z", "[]", "[[]]", "[{}]", "[1]", '["RES", "RES"]', '["{}"]', "{}"),
    *(
        "{ lo = 1 }",
        '{ lo = "x" }',
        "{ code = [] }",
        "[[[1], 2], 3]",
        "99999999999999999999999",
        '"\\u0000"',
        '["24:00-25:00"]',
    ),
]
KEYS = ["code", "lo", "names", '"{}"', '"{}{}"', '"{0}"', '"note_{}"', '"[key]"', '"a.b"', "services", "hours", "e"]


@st.composite
def broken(draw: st.DrawFn) -> str:
    """The small catalogue with some lines changed, doubled or gone."""
    lines = list(LINES)
    for number in draw(st.lists(st.sampled_from(SETTINGS), min_size=1, max_size=4, unique=True)):
        key, _, value = lines[number].partition(" = ")
        lines[number] = draw(
            st.one_of(
                st.just(""),
                st.sampled_from([f"{key} = {other}" for other in VALUES]),
                st.sampled_from([f"{other} = {value}" for other in KEYS]),
            )
        )
    return "\n".join(lines)


@settings(deadline=None, max_examples=150)
@given(broken())
@example(SMALL.replace('code = "RES"', '"{}{}" = 1\ncode = "RES"'))
@example(SMALL.replace("state_held = true", '"[key]" = 1'))
@example(SMALL.replace("schema = 1", '"[key]" = 1'))
@example(SMALL.replace("schema = 1", '"{}" = 1'))
@example(SMALL.replace('default_locale = "lo"', "").replace('lo = "ວັນຊາດ"\nen = "National Day"', ""))
@example(SMALL.replace('locales = ["lo", "en"]', 'locales = ["{}"]'))
def test_any_file_loads_or_is_told_what_is_wrong_and_where(text: str) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "catalogue.toml"
        path.write_text(text, encoding="utf-8")
        try:
            load_catalogue(path)
        except CatalogueError as error:
            told = error.problems
        else:
            return
    assert told
    for problem in told:
        assert (problem.file, problem.message.strip()) == ("catalogue.toml", problem.message)
        assert problem.key or "TOML" in problem.message


@given(st.integers(0, 1440))
def test_every_minute_of_a_day_can_be_written(minute: int) -> None:
    assert minute_of_day(f"{minute // 60:02}:{minute % 60:02}") == minute


@given(st.text(alphabet="0123456789:- ٣", max_size=6))
def test_nothing_but_two_digits_a_colon_and_two_digits_is_a_time(text: str) -> None:
    try:
        minute = minute_of_day(text)
    except ValueError:
        return
    assert re.fullmatch("[0-9]{2}:[0-9]{2}", text)
    assert 0 <= minute <= 1440
