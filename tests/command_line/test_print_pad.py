"""Paper tickets for an outage: one file with all in it, and no number on two pads."""

import re
from pathlib import Path

import pytest

from answers.words import say
from tests.command_line.conftest import Command, rows


def numbers(page: Path) -> list[str]:
    return re.findall(r'data-show="number">([A-Z]+\d+)<', page.read_text(encoding="utf-8"))


def test_a_pad_is_one_file_that_needs_nothing_else(onedoor: Command, tmp_path: Path) -> None:
    file = tmp_path / "pad.html"
    done = onedoor("print-pad", "SAY", "--series", "A", "--count", "12", "--out", str(file))
    assert done.status == 0, done.stderr
    assert done.stdout.startswith(f"AP001 to AP012 in {file}: ")
    assert numbers(file) == [f"AP{n:03d}" for n in range(1, 13)]
    page = file.read_text(encoding="utf-8")
    assert page.count('<section class="sheet">') == 2
    assert page.count("ODSC Saysettha") == 12
    keep = "Please keep this ticket and wait for your number."
    assert keep in page
    assert say("lo", keep) in page
    assert "@page" in page
    assert not re.search(r'(?:src|href)="(?!data:)|url\("?(?!"?data:)', page), "something that is not within the file"


def test_the_next_pad_goes_on_where_the_last_one_ended(
    onedoor: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for first in ("AP001", "AP004"):
        assert onedoor("print-pad", "SAY", "--series", "A", "--count", "3").status == 0
        assert numbers(tmp_path / f"pad-SAY-{first}.html")[0] == first
    assert onedoor("verify", "--all").status == 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["NONE", "--series", "A"], "no such centre"),
        (["SAY", "--series", "I"], "No service has the series “I”; there are A, B, C"),
        (["SAY", "--series", "A", "--count", "0"], "From 1 to 1000."),
        (["SAY", "--series", "A", "--count", "many"], "many"),
        (["SAY", "--series", "A", "--out", "/nowhere/pad.html"], "no pad was written"),
        (["SAY"], "--series"),
    ],
)
def test_a_pad_that_cannot_be_is_refused_in_words(onedoor: Command, arguments: list[str], words: str) -> None:
    done = onedoor("print-pad", *arguments)
    assert done.status != 0
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_a_pad_overwrites_nothing_and_uses_up_no_numbers_for_it(
    onedoor: Command, database: Path, tmp_path: Path
) -> None:
    file = tmp_path / "pad.html"
    file.write_text("somebody's letter")
    before = rows(database)
    done = onedoor("print-pad", "SAY", "--series", "A", "--out", str(file))
    assert done.status == 1
    assert "is there already" in done.stderr
    assert file.read_text() == "somebody's letter"
    assert rows(database) == before
