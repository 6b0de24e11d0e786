"""Words in the reader's language, by gettext. English is the source text; every other language has a catalogue."""

import gettext
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

TRANSLATIONS = Path(__file__).parent.parent / "translations"
SOURCE = "en"


@cache
def languages() -> tuple[str, ...]:
    """The languages that the screens speak, the source text's among them."""
    found = sorted(path.parent.parent.name for path in TRANSLATIONS.glob("*/LC_MESSAGES/messages.po"))
    return (*found, SOURCE)


@cache
def translation(language: str) -> gettext.NullTranslations:
    """The catalogue of a language; the source text where there is none."""
    return gettext.translation("messages", str(TRANSLATIONS), [language], fallback=True)


def say(language: str, text: str, facts: Mapping[str, object] | None = None) -> str:
    """A sentence in a language, its {places} filled."""
    said = translation(language).gettext(text)
    return said.format_map(facts) if facts else said


def speaking(language: str) -> dict[str, Any]:
    """What a template speaks with: `_` in the reader's language, `also` in the second one of two-language screens."""
    second = next((other for other in languages() if other != language), None)

    def translate(text: str, **facts: object) -> str:
        return say(language, text, facts)

    def also(text: str, **facts: object) -> str:
        return say(second, text, facts) if second else ""

    return {"_": translate, "also": also, "lang": language, "second": second}


def named(names: Mapping[str, str], language: str | None, fallbacks: Sequence[str] = ()) -> str:
    """A catalogue name in a language, or in the first fallback that has one."""
    for candidate in (language, *fallbacks):
        if candidate and candidate in names:
            return names[candidate]
    return next(iter(names.values()), "")


def _(text: str) -> str:
    """Marks a sentence for the catalogues; it is said later, in the reader's language."""
    return text


mark: Callable[[str], str] = _
