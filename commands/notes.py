"""What a clerk wrote with an act. It goes beside the event, not into it: it may name somebody and must be erasable."""

from sqlalchemy import insert

from queueing.visit import Visit
from store.tables import Note
from store.unit import Unit


def write_note(unit: Unit, visit: Visit, text: str | None) -> None:
    """Keeps a text with the unit's last event; nothing for no text."""
    if text:
        seq = unit.announcements[-1].event.seq
        unit.conn.execute(
            insert(Note), {"ticket_id": visit.id, "event_seq": seq, "text": text, "recorded_at": unit.now}
        )
