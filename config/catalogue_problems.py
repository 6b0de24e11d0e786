"""What is wrong with a catalogue, and where, in words for whoever wrote the file."""

import difflib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from pydantic_core import ErrorDetails

from config.catalogue_models import (
    Catalogue,
    Centre,
    Counter,
    Defaults,
    Document,
    Holiday,
    Lunch,
    Named,
    Priority,
    Service,
    Session,
    Table,
    Week,
)

Place = tuple[str | int, ...]  # keys and positions that lead to a value of the file

_TABLES: Mapping[str, type[Table]] = {
    "": Catalogue,
    "defaults": Defaults,
    "holidays": Holiday,
    "priorities": Priority,
    "documents.*": Document,
    "services": Service,
    "groups.*": Named,
    "phrases.*": Named,
    "centres": Centre,
    "centres.hours": Week,
    "centres.lunch": Lunch,
    "centres.counters": Counter,
    "centres.sessions": Session,
}
_SENTENCES = {
    "string_type": "must be text in quotes",
    "int_type": "must be a whole number without quotes",
    "float_type": "must be a number without quotes",
    "finite_number": "must be a number without quotes",
    "bool_type": "must be true or false without quotes",
    "date_type": "must be a date without quotes, like 2026-12-02",
    "tuple_type": "must be a list in [ ]",
    "dict_type": "must be a table",
    "model_type": "must be a table",
    "greater_than": "must be more than {gt:g}",
    "greater_than_equal": "must be {ge:g} or more",
    "less_than_equal": "must be {le:g} or less",
}


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake. `table` and `key` are empty where it is none of theirs."""

    file: str
    table: str
    key: str
    message: str

    def __str__(self) -> str:
        table = f" [{self.table}]" if self.table else ""
        key = f" key '{self.key}'" if self.key else ""
        return f"{self.file}:{table}{key} {self.message}"


class CatalogueError(Exception):
    """The file has mistakes: all of them, a line each."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True)
class Mistake:
    """What is wrong with the value at a place."""

    place: Place
    message: str


@dataclass(frozen=True, slots=True)
class Reader:
    """Says where in a file something stands, and what pydantic has against it."""

    file: str
    raw: Mapping[str, Any]
    locales: Sequence[str]
    default_locale: str

    def problem(self, mistake: Mistake) -> Problem:
        """The mistake with its file, table and key."""
        table, rest = self._split(mistake.place)
        key, *inner = rest
        if "{}" in str(key) and key not in self._at(table):
            key = str(key).replace("{}", str(inner[0]) if inner else self.default_locale)
            inner = inner[1:]
        item = f"item {inner[0] + 1} " if inner and isinstance(inner[0], int) else ""
        return Problem(self.file, self._label(table), str(key), item + mistake.message)

    def mistake(self, error: ErrorDetails) -> Mistake:
        """What pydantic found, in plain words."""
        place = error["loc"]
        if place[-1] == "[key]" and error["type"] == "told":  # pydantic's mark for a code that is itself wrong
            place = place[:-1]
        return Mistake(place, self._words(error, place))

    def _at(self, table: Place) -> Any:
        node: Any = self.raw
        for piece in table:
            node = _inside(node, piece)
        return node

    def _split(self, place: Place) -> tuple[Place, Place]:
        """The innermost table that holds the value, and the way from there."""
        node: Any = self.raw
        end = 0
        for position, piece in enumerate(place[:-1], start=1):
            node = _inside(node, piece)
            if isinstance(node, dict):
                end = position
        return place[:end], place[end:]

    def _label(self, table: Place) -> str:
        """`centres SAY.counters 4`: the way to a table, by codes and numbers; by position where it has none."""
        path, node = "", self.raw
        for piece in table:
            node = _inside(node, piece)
            if isinstance(piece, str):
                path += f".{piece}" if path else piece
            else:
                path += f" {_called(node)}" if _called(node) else f"[{piece}]"
        return path

    def _words(self, error: ErrorDetails, place: Place) -> str:
        kind, given = error["type"], error["input"]
        if kind == "told":
            return error["msg"]
        if kind == "missing":
            return "is missing"
        if kind == "too_short":
            return "is empty"
        if kind == "extra_forbidden":
            return self._unknown(place)
        if kind == "tuple_type" and _kind(place) in _TABLES:
            return f"must be tables, each under [[{_kind(place)}]]"
        sentence = _SENTENCES[kind].format(**error.get("ctx", {})) if kind in _SENTENCES else error["msg"]
        return f"{sentence}, not {_shown(given)}"

    def _unknown(self, place: Place) -> str:
        key = str(place[-1])
        holder = _TABLES[_kind(place[:-1])]
        languages = [re.escape(template).replace(r"\{\}", "[a-z]{2,3}(-[A-Za-z]+)?") for template in holder.templates()]
        words = "is not known" + suggestion(key, holder.keys(self.locales))
        if any(re.fullmatch(language, key) for language in languages):
            words += f" (the languages of 'locales' are {', '.join(self.locales)})"
        return words


def suggestion(word: str, known: Iterable[str]) -> str:
    """What was probably meant, as the end of a sentence; empty when nothing is like it."""
    close = difflib.get_close_matches(word, list(known), n=1)
    return f"; did you mean '{close[0]}'?" if close else ""


def _kind(place: Place) -> str:
    """The table's name in the format: `centres.counters`, `documents.*`."""
    names = [piece for piece in place if isinstance(piece, str)]
    if len(names) > 1 and f"{names[0]}.*" in _TABLES:
        names[1] = "*"
    return ".".join(names)


def _inside(node: Any, piece: str | int) -> Any:
    if isinstance(node, dict):
        return node.get(piece)
    if isinstance(node, list) and isinstance(piece, int):
        return node[piece]
    return None


def _called(node: Any) -> str:
    """What tells a table from the others of its list, where it says so."""
    known = [node.get(key) for key in ("code", "number", "date")] if isinstance(node, dict) else []
    return next((str(value) for value in known if isinstance(value, str | int | date)), "")


def _shown(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 40 else f"{text[:39]}…"
