"""The words of the pages: all in Lao, spelled as Lao is, and none outside the catalogues."""

import io
import re
import string
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.frontend import CommandLineInterface
from babel.messages.pofile import read_po

from answers.words import TRANSLATIONS, languages
from tests.processes import ROOT

LAO = TRANSLATIONS / "lo" / "LC_MESSAGES" / "messages.po"
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))


@pytest.fixture(scope="module")
def collected(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """The words as `make messages` would collect them now."""
    pot = tmp_path_factory.mktemp("words") / "messages.pot"
    command = ["pybabel", "-q", "extract", "-F", str(ROOT / "pyproject.toml"), "-k", "mark", "-o", str(pot), str(ROOT)]
    CommandLineInterface().run(command)
    return _read(pot)


@pytest.fixture(scope="module")
def lao() -> Catalog:
    return _read(LAO)


def _read(path: Path) -> Catalog:
    return read_po(io.BytesIO(path.read_bytes()), locale="lo")


def _ids(catalog: Catalog) -> set[str]:
    return {str(message.id) for message in catalog if message.id}


def test_the_pages_speak_lao_and_english() -> None:
    assert languages() == ("lo", "en")


def test_the_lao_words_are_those_of_the_pages(collected: Catalog, lao: Catalog) -> None:
    assert len(_ids(collected)) > 150, "the collection finds next to nothing"
    assert _ids(lao) == _ids(collected), "run `make messages`, then translate (docs/translation.md)"


def test_no_lao_word_is_missing_or_only_guessed(lao: Catalog) -> None:
    assert [message.id for message in lao if message.id and (not message.string or message.fuzzy)] == []


def _places(text: str) -> list[str]:
    return sorted(name for _text, name, _format, _how in string.Formatter().parse(text) if name is not None)


def test_a_lao_sentence_has_the_places_of_the_english_one(lao: Catalog) -> None:
    odd = [message.id for message in lao if message.id and _places(str(message.id)) != _places(str(message.string))]
    assert odd == []


def _lao_texts() -> Iterator[tuple[str, str]]:
    yield LAO.name, LAO.read_text(encoding="utf-8")
    for template in TEMPLATES:
        yield template.name, template.read_text(encoding="utf-8")


def test_lao_is_spelled_with_the_vowel_am_in_one_and_without_thai_letters() -> None:
    for name, text in _lao_texts():
        assert "\u0ecd\u0eb2" not in text, f"{name}: U+0ECD U+0EB2 for U+0EB3"
        assert not re.search(r"[\u0e00-\u0e7f]", text), f"{name}: Thai"


# Names, which are the same in every language, and what is said to operators in their terminal's words.
_NAMES = re.compile(r"OneDoor|GET|POST|/api/v1(?:/openapi\.json)?|server\.py sign-in-link --role kiosk --centre")
_SAID = re.compile(r"""(?:alt|title|placeholder|aria-label)=(?:"([^"]*)"|'([^']*)')""")


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.relative_to(ROOT / "templates").as_posix())
def test_no_words_stand_in_a_template_outside_the_catalogues(template: Path) -> None:
    source = re.sub(r"\{% block main_class %\}.*?\{% endblock %\}", "", template.read_text(encoding="utf-8"))
    text = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", "", source, flags=re.S)
    said = [found for pair in _SAID.findall(text) for found in pair]
    shown = re.sub(r"<[^>]*>", " ", text)
    words = re.findall(r"[^\W\d_]{2,}", _NAMES.sub("", " ".join([shown, *said])))
    assert words == []


def test_the_scripts_say_nothing_of_their_own() -> None:
    for script in sorted((ROOT / "static" / "js").glob("*.js")):
        code = re.sub(r"/\*.*?\*/|//[^\n]*", "", script.read_text(encoding="utf-8"), flags=re.S)
        said = re.findall(r'textContent = (?:"[^"]+"|`[^`]+`|\'[^\']+\')', code)
        assert said == [], script.name
