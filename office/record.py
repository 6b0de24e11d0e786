"""What a manager looks after: whether there is a backup, what was erased, and who has changed what."""

from datetime import datetime, timedelta
from typing import Any

from werkzeug.wrappers import Response

from answers.guards import house, needs, store
from commands.people import read_people
from commands.permissions import Permission
from office.blueprint import bp, office_page, read_info
from store.backup import is_old, last_backup
from store.changes import read_changes
from store.erasure import last_erasure
from store.log import read_chosen

_CHOSEN_DAYS = 30


def backup_made() -> datetime | None:
    """When the last backup was made; None where there is none. Follows the machine's clock, as backups do."""
    folder = house().backup_dir
    return last_backup(folder) if folder is not None else None


@bp.get("/office/<code:code>/backup")
@needs(Permission.MANAGE_CENTRE)
def backup(code: str) -> Response:
    """When the last backup was made, what to do where it is too old, and what was last erased. Raises NotFound."""
    made = backup_made()
    info = read_info(code)
    with store().reading() as conn:
        erasure = last_erasure(conn, info.id)
    values: dict[str, Any] = {"made": made.astimezone(info.zone).isoformat() if made else None, "old": is_old(made)}
    values["erased"] = erasure and {**erasure.facts, "at": erasure.at.astimezone(info.zone).isoformat()}
    return office_page("backup", code, configured=house().backup_dir is not None, **values)


@bp.get("/office/<code:code>/changes")
@needs(Permission.MANAGE_CENTRE)
def changes(code: str) -> Response:
    """The last changes of the centre's settings, who was called out of turn, and by whom. Raises NotFound."""
    info = read_info(code)
    since = store().clock.now() - timedelta(days=_CHOSEN_DAYS)
    with store().reading() as conn:
        found = read_changes(conn, info.id)
        chosen = [(call.at.astimezone(info.zone).isoformat(), call) for call in read_chosen(conn, info.id, since)]
        names = {str(person.id): person.name for person in read_people(conn, info.id)}
    lines = [(change.at.astimezone(info.zone).isoformat(), change) for change in found]
    return office_page("changes", code, changes=lines, names=names, chosen=chosen, chosen_days=_CHOSEN_DAYS)
