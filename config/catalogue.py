"""Catalogues of centres: TOML files that say which centres, services, counters, hours and rules there are."""

import tomllib
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from config.catalogue_checks import mistakes_between
from config.catalogue_models import Catalogue, Centre, Defaults, Week
from config.catalogue_problems import CatalogueError, Mistake, Problem, Reader

__all__ = ["Catalogue", "CatalogueError", "Problem", "demonstration", "load_catalogue"]

DEMONSTRATION = "SAY"
NEWLINE = b"\n"


def load_catalogue(path: Path) -> Catalogue:
    """The catalogue in a file, with `[defaults]` merged into each centre.

    Raises CatalogueError with every mistake that the file has, OSError when it cannot be read.
    """
    raw = _read(path)
    locales, default = _locales(raw), raw.get("default_locale")
    reader = Reader(path.name, raw, locales, default if default in locales else next(iter(locales), ""))
    mistakes: list[Mistake] = []
    try:
        context = {"locales": locales, "default_locale": default if default in locales else None}
        catalogue = Catalogue.model_validate(raw, context=context)
    except ValidationError as error:
        mistakes += [reader.mistake(found) for found in error.errors(include_url=False)]
    mistakes += mistakes_between(raw)
    if not locales:  # then every name would be said to be wrong
        mistakes = [mistake for mistake in mistakes if len(mistake.place) == 1 or mistake.place[0] == "locales"]
    if mistakes:
        raise CatalogueError([reader.problem(mistake) for mistake in mistakes])
    return catalogue.model_copy(update={"centres": tuple(_complete(centre, catalogue) for centre in catalogue.centres)})


def demonstration(catalogue: Catalogue) -> Catalogue:
    """The centre SAY alone, open around the clock, so that it can be tried at any hour. It must be in the catalogue."""
    centre = next(centre for centre in catalogue.centres if centre.code == DEMONSTRATION)
    always = Week.model_validate({day: ["00:00-24:00"] for day in Week.model_fields})
    open_always = {"hours": always, "lunch": None, "last_ticket_before_close_minutes": 0.0}
    return catalogue.model_copy(update={"centres": (centre.model_copy(update=open_always),), "holidays": ()})


def _read(path: Path) -> dict[str, Any]:
    content = path.read_bytes()
    try:
        return tomllib.loads(content.decode("utf-8-sig"))  # Windows' Notepad begins a file with a mark
    except UnicodeDecodeError as error:
        line = content.count(NEWLINE, 0, error.start) + 1
        raise CatalogueError([Problem(path.name, "", "", f"is not UTF-8 text (at line {line})")]) from error
    except tomllib.TOMLDecodeError as error:
        last = f"at the end, line {content.count(NEWLINE) + 1}"
        words = str(error).replace("at end of document", last)
        raise CatalogueError([Problem(path.name, "", "", f"is not TOML: {words}")]) from error
    except (ValueError, RecursionError) as error:
        words = "holds a number or a list that is far too long"
        raise CatalogueError([Problem(path.name, "", "", words)]) from error


def _locales(raw: dict[str, Any]) -> list[str]:
    listed = raw.get("locales")
    return [locale for locale in listed if isinstance(locale, str)] if isinstance(listed, list) else []


def _complete(centre: Centre, catalogue: Catalogue) -> Centre:
    """The centre with what holds for all where it says nothing itself."""
    common = {name: getattr(catalogue.defaults, name) for name in Defaults.model_fields}
    common["priorities"] = tuple(group.code for group in catalogue.priorities if group.enabled)
    unsaid = common.keys() - centre.model_fields_set
    return centre.model_copy(update={name: common[name] for name in unsaid})
