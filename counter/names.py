"""Names of what a centre offers and gives, in a reader's language."""

from answers.words import named
from store.centre import CentreInfo


def service_names(centre: CentreInfo, lang: str) -> dict[str, str]:
    """The services that are given now, by their codes."""
    return {s.code: named(s.names, lang, centre.languages) for s in centre.services.values() if s.enabled}


def group_names(centre: CentreInfo, lang: str) -> dict[str, str]:
    """The priority groups that are given now, by their codes."""
    return {g.code: named(g.names, lang, centre.languages) for g in centre.groups.values() if g.enabled}


def group_name(centre: CentreInfo, code: str | None, lang: str) -> str | None:
    """A visit's priority group; None for none, and for one that is not known any more."""
    group = centre.groups.get(code) if code else None
    return named(group.names, lang, centre.languages) if group else None
