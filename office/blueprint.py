"""The office's blueprint, and what its pages share: whose centre it is, and how a press ends."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask import Blueprint, g, redirect, request, url_for
from werkzeug.wrappers import Response

from answers.centres import centre_list
from answers.guards import language, require, store
from answers.numbers import whole_number
from answers.pages import kind_problem, page
from answers.presses import new_key, press
from answers.tickets import local, service_name
from commands.access import Caller
from commands.permissions import Permission
from commands.sessions import Decision, Fate, keep_appointments
from commands.settings import WEEKDAYS
from queueing.orphans import ComingAppointment, OrphansWaiting
from queueing.refusals import Invalid, NotFound, Refused
from reports.groups import By, label
from store.appointments import read_bookers
from store.board import read_head
from store.centre import CentreInfo
from store.unit import Unit

bp = Blueprint("office", __name__)

_CODE = re.compile(r"[A-Za-z0-9_-]{1,16}")


def asked_centre() -> str | None:
    """The centre of whoever asks, or the one that an admin asks for; None where one must be chosen first.

    Raises NotFound.
    """
    code: str = caller().centre or request.args.get("centre", "")
    if not code:
        centres = centre_list(store())["centres"]
        if len(centres) != 1:
            return None
        code = centres[0]["code"]
    if not _CODE.fullmatch(code):
        raise NotFound("centre")
    require(Permission.READ_STATISTICS, code)
    return code


def caller() -> Caller:
    """Who is in the office."""
    found: Caller = g.caller
    return found


def read_info(code: str) -> CentreInfo:
    """A centre's settings. Raises NotFound."""
    with store().reading() as conn:
        return read_head(conn, store().centres, code).info


def office_page(section: str, code: str, status: int = 200, **values: Any) -> Response:
    """A page of the office with what its frame needs; `section` is where the reader is."""
    centre, lang = read_info(code), language()
    weekdays = {day: label(centre, By.WEEKDAY, number, lang) for number, day in enumerate(WEEKDAYS, 1)}
    shared = {"section": section, "centre": centre, "said": request.args.get("said"), "key": new_key()}
    shared |= {"weekdays": weekdays, "me": caller()}
    return page(f"office/{section}.html", status, **{"problem": None, "typed": {}, **shared, **values})


def change(
    code: str,
    work: Callable[[Unit], Any],
    *,
    show: Callable[..., Response],
    said: str,
    secret: tuple[str, ...] = (),
    again: Callable[..., Response] | None = None,
) -> Response:
    """One press: done once, and said on the page that `show` draws; what was refused is said there, or by `again`.

    Where appointments would lose their slot, what becomes of them is asked first.
    """

    def once(unit: Unit) -> Mapping[str, Any]:
        work(unit)
        return {}

    try:
        press(code, once, secret=secret)
    except OrphansWaiting as waiting:
        return _ask_first(code, waiting)
    except (Invalid, Refused) as error:
        return refuse(code, error, show=again or show)
    return redirect(url_for(f"office.{show.__name__}", code=code, said=said), 303)


def keeping(work: Callable[[Unit], Any]) -> Callable[[Unit], None]:
    """`work`, and the appointments that lose their slot by it go where the form says. Raises as `keep_appointments`."""
    decided = asked_decision()
    return lambda unit: keep_appointments(unit, work, decided)


def asked_decision() -> Decision | None:
    """What the form says becomes of the appointments that it showed; None where it says nothing."""
    try:
        fate = Fate(request.form.get("fate", ""))
    except ValueError:
        return None
    shown = request.form.getlist("shown")
    return Decision(fate, frozenset(n for one in shown if (n := whole_number(one, 19)) is not None))


def _ask_first(code: str, waiting: OrphansWaiting) -> Response:
    """The appointments that a change would leave without a slot, and its form again, with what may become of them."""
    ours = {"csrf_token", "key", "fate", "shown"}
    typed = [(name, value) for name, value in request.form.items(multi=True) if name not in ours]
    lost = appointment_lines(read_info(code), waiting.appointments)
    return office_page("orphans", code, 409, lost=lost, form=typed, address=request.path)


def appointment_lines(centre: CentreInfo, appointments: Sequence[ComingAppointment]) -> list[dict[str, Any]]:
    """Appointments as a manager reads them, with who made them."""
    with store().reading() as conn:
        bookers = read_bookers(conn, [one.id for one in appointments])
    lines = []
    for one in appointments:
        name, phone = bookers.get(one.id, (None, None))
        known = {"id": one.id, "reference": one.reference, "held": one.held, "name": name, "phone": phone}
        known["off"] = not centre.services[one.service].enabled
        service = service_name(centre, one.service, language())
        lines.append({**known, "start": local(one.start, centre.zone), "service": service})
    return lines


def refuse(code: str, error: Invalid | Refused, *, show: Callable[..., Response]) -> Response:
    """The page again, with what was typed and why it could not be."""
    said = kind_problem(error, language())
    return show(code, said.status, problem=said, typed=request.form)
