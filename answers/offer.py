"""What is offered: the services grouped by need, and those that a search in plain words finds."""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from answers.words import _, languages, say

_OTHER = _("Other services")
# People leave tone marks off, or set another one.
_TONES = dict.fromkeys(range(0x0EC8, 0x0ECC))


@dataclass(frozen=True, slots=True)
class Group:
    """Services for one need."""

    code: str
    names: Mapping[str, str]
    services: list[dict[str, Any]]

    @property
    def count(self) -> int:
        """How many services there are."""
        return len(self.services)


def grouped(services: Sequence[dict[str, Any]]) -> list[Group]:
    """The groups in the catalogue's order; services without one come under `other`."""
    groups: dict[str, Group] = {}
    for service in services:
        code = service["group"] or "other"
        names = service["group_names"] or {lang: say(lang, _OTHER) for lang in languages()}
        groups.setdefault(code, Group(code, names, [])).services.append({**service, "words": words_of(service)})
    return list(groups.values())


def plain(text: str) -> str:
    """Text as it is compared: ຳ however it was typed, no tone marks, no capitals. search.js does the same."""
    return unicodedata.normalize("NFKC", text).casefold().translate(_TONES)


def words_of(service: Mapping[str, Any]) -> str:
    """All that a service is found by: its names and its group's, in every language."""
    return plain(" ".join([*service["names"].values(), *(service["group_names"] or {}).values()]))


def found(services: Sequence[dict[str, Any]], sought: str) -> list[dict[str, Any]]:
    """The services that have all words sought for."""
    words = plain(sought).split()
    return [service for service in services if all(word in words_of(service) for word in words)]
