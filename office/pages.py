"""The office: what happens now, for managers. The other pages of the office are in the modules beside this one."""

from werkzeug.wrappers import Response

from answers.centres import centre_list
from answers.guards import language, needs, store
from answers.pages import page
from commands.permissions import Permission
from office.blueprint import asked_centre, bp, office_page
from office.floor import read_floor
from office.record import backup_made
from store.backup import is_old

__all__ = ["bp"]


@bp.get("/office/")
@needs(Permission.READ_STATISTICS)
def today() -> Response:
    """Who waits now and who serves; who manages all centres chooses one first. Raises NotFound."""
    code = asked_centre()
    if code is None:
        return page("office/centres.html", centres=centre_list(store())["centres"])
    return office_page("today", code, floor=read_floor(code, language()), backup_is_old=is_old(backup_made()))
