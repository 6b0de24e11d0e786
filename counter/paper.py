"""Paper tickets of an outage, entered afterwards: a list with a line for each, all of it taken or none."""

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from flask import redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from answers.guards import language, needs, store
from answers.pages import kind_problem, page
from answers.presses import new_key, press
from answers.problems import Problem, invalid
from commands.paper import OLDEST_DAYS, OUTCOMES, Paper, enter_papers
from commands.permissions import Permission
from counter.blueprint import bp
from counter.names import service_names
from queueing.hours import Hours
from queueing.refusals import Invalid, Mistakes, Refused
from queueing.states import StepState
from store.board import read_head
from store.centre import CentreInfo
from store.unit import Unit

LINES = 10
FIELDS = ("number", "service", "taken", "outcome", "called", "ended", "counter")
_TIME = re.compile("([01]?[0-9]|2[0-3])[:.]?([0-5][0-9])", re.ASCII)


@bp.get("/counter/<code:code>/paper")
@needs(Permission.WORK_QUEUE)
def paper(code: str) -> AnyResponse:
    """The list, empty. Raises NotFound."""
    entered, wait = (request.args.get(name, "") for name in ("entered", "wait"))
    said = {"n": entered, "wait": wait} if entered.isdigit() and wait.isdigit() else None
    return _list(code, said=said)


def _list(code: str, status: int = 200, *, said: Any = None, problem: Problem | None = None) -> AnyResponse:
    now = store().clock.now()
    with store().reading() as conn:
        centre = read_head(conn, store().centres, code).info
    today = centre.hours.business_date(now)
    values: dict[str, Any] = {"centre": centre, "today": today, "oldest": today - timedelta(days=OLDEST_DAYS)}
    values |= {"lines": range(1, LINES + 1), "typed": request.form, "key": new_key()}
    values |= {"services": _services(centre), "counters": _counters(centre)}
    return page("counter/paper.html", status, said=said, problem=problem, **values)


def _services(centre: CentreInfo) -> list[tuple[str, str]]:
    return [("", "–"), *service_names(centre, language()).items()]


def _counters(centre: CentreInfo) -> list[tuple[str, str]]:
    numbers = [str(counter.number) for counter in centre.counters.values() if counter.enabled]
    return [("", "–"), *((number, number) for number in numbers)]


@bp.post("/counter/<code:code>/paper")
@needs(Permission.WORK_QUEUE)
def enter_paper(code: str) -> AnyResponse:
    """Enters all lines that were filled in, or says what is wrong with them. Raises NotFound."""

    def work(unit: Unit) -> Mapping[str, Any]:
        day, papers = _typed(unit.centre)
        enter_papers(unit, day, papers)
        return {"entered": len(papers), "wait": sum(one.outcome is StepState.WAITING for one in papers)}

    try:
        done = press(code, work)
    except Mistakes as error:
        found = [(mistake.field, mistake.reason, mistake.facts) for mistake in sorted(error.found, key=_place)]
        return _list(code, 422, problem=invalid(language(), found))
    except (Invalid, Refused) as error:
        said = kind_problem(error, language())
        return _list(code, said.status, problem=said)
    return redirect(url_for("counter.paper", code=code, **done), 303)


def _place(mistake: Invalid) -> tuple[int, int]:
    """Where a mistake stands on the page; the day is above all lines."""
    line, _dash, name = mistake.field.partition("-")
    return (int(line), FIELDS.index(name)) if name else (0, 0)


def _typed(centre: CentreInfo) -> tuple[date, list[Paper]]:
    """The day and the lines that hold anything. Raises Mistakes for what cannot be read."""
    found: list[Invalid] = []
    day = _day(request.form.get("day", ""))
    papers = list(_papers(centre.hours, day, found)) if day else []
    if day is None:
        found.append(Invalid("day", "not-a-date"))
    if found:
        raise Mistakes(found)
    return day or date.min, papers


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _papers(hours: Hours, day: date, found: list[Invalid]) -> Iterator[Paper]:
    for line in range(1, LINES + 1):
        text = {name: request.form.get(f"{line}-{name}", "").strip() for name in FIELDS}
        if not any(text[name] for name in FIELDS if name != "outcome"):  # that is chosen from the start
            continue
        times = {name: _instant(hours, day, f"{line}-{name}", text[name], found) for name in _TIMES}
        if not text["number"]:
            found.append(Invalid(f"{line}-number", "required"))
        if not text["taken"]:
            found.append(Invalid(f"{line}-taken", "required"))
        yield Paper(
            line=line,
            number=text["number"][:64],
            service=text["service"],
            taken=times["taken"] or hours.instant(day, 0),
            outcome=StepState(text["outcome"]) if text["outcome"] in OUTCOMES else StepState.WAITING,
            called=times["called"],
            ended=times["ended"],
            counter=int(text["counter"]) if re.fullmatch("[0-9]{1,4}", text["counter"], re.ASCII) else None,
        )


_TIMES = ("taken", "called", "ended")


def _instant(hours: Hours, day: date, field: str, text: str, found: list[Invalid]) -> datetime | None:
    time = _TIME.fullmatch(text)
    if text and not time:
        found.append(Invalid(field, "not-a-time"))
    return hours.instant(day, 60 * int(time[1]) + int(time[2])) if time else None
