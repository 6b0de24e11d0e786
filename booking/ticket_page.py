"""What the page of one ticket shows: where it stands, its steps, what to bring, and what can be done next."""

from datetime import date, datetime
from typing import Any

from answers.dates import plain_date
from answers.problems import STATES
from answers.tickets import local, service_name
from answers.words import named, say
from queueing.states import StepState
from queueing.visit import Visit
from store.centre import CentreInfo

_COMES = frozenset({StepState.PLANNED, StepState.WAITING, StepState.CALLED, StepState.ON_HOLD})


def ticket_facts(centre: CentreInfo, visit: Visit, language: str, now: datetime) -> dict[str, Any]:
    """All that the page needs beside the ticket's own answer."""
    return {
        "centre": centre,
        "at": local(now, centre.zone),
        "states": {state: say(language, word) for state, word in STATES.items()},
        "services": {code: service_name(centre, code, language) for code in centre.services},
        "where": only_counters(centre),
        "documents": _documents(centre, visit, language),
        "months": [plain_date(date(2000, month, 1), language).split()[1] for month in range(1, 13)],
        "labels": {number: named(counter.names, language) for number, counter in centre.counters.items()},
    }


def only_counters(centre: CentreInfo) -> dict[str, int]:
    """Where a service is given at one counter alone, that counter: who comes there later may know it before."""
    found: dict[str, list[int]] = {}
    for counter in centre.counters.values():
        for service in counter.services if counter.enabled else ():
            found.setdefault(service, []).append(counter.number)
    return {service: numbers[0] for service, numbers in found.items() if len(numbers) == 1}


def _documents(centre: CentreInfo, visit: Visit, language: str) -> list[str]:
    """The papers for what is still to come, each once."""
    services = [centre.services[step.service] for step in visit.steps if step.state in _COMES]
    names = [named(paper["names"], language, centre.languages) for service in services for paper in service.documents]
    return list(dict.fromkeys(names))
