"""A message with its words and its receiver: made when it is sent, from what is so then, and kept nowhere."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from answers.dates import clock, near_date
from answers.tickets import local
from answers.words import _, named, say
from queueing.messages import MessageKind, Unsent, why_not
from queueing.states import StepState
from store.appointments import read_appointment
from store.board import read_head
from store.centre import CentreInfo
from store.ids import appointment_token, ticket_token
from store.messages import Addresses, Claimed, read_booker, read_holder
from store.unit import Store
from store.visits import read_visit

_SAY = {
    MessageKind.BOOKED: _("{centre}: booked for {day}, {time}. Reference {reference}. To move or cancel: {link}"),
    MessageKind.MOVED: _("{centre}: your appointment is now on {day}, {time}. Reference {reference}. {link}"),
    MessageKind.CANCELLED: _("{centre}: your appointment on {day}, {time} is cancelled. Reference {reference}. {link}"),
    MessageKind.REMINDER: _("{centre}: see you on {day}, {time}. Reference {reference}. To move or cancel: {link}"),
    MessageKind.NEAR_TURN: _("{centre}: {number}, it is almost your turn. Please be near the counters. {link}"),
}


@dataclass(frozen=True, slots=True)
class Letter:
    """What is sent. The id stays the same however often it is sent."""

    id: int
    to: Addresses
    subject: str
    text: str
    link: str


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes what is to be sent."""

    store: Store
    public_url: str

    def write(self, claimed: Claimed, now: datetime) -> Letter | Unsent:
        """The letter of a message, or why there is none."""
        with self.store.reading() as conn:
            centre = read_head(conn, self.store.centres, claimed.centre).info
            if claimed.appointment is not None:
                return self._about_appointment(conn, centre, claimed, claimed.appointment, now)
            return self._about_ticket(conn, centre, claimed, claimed.ticket or 0)

    def _about_appointment(
        self, conn: Connection, centre: CentreInfo, claimed: Claimed, appointment: int, now: datetime
    ) -> Letter | Unsent:
        made = read_appointment(conn, appointment, centre.id)
        why = Unsent.OVERTAKEN if made is None else why_not(claimed.kind, claimed.sequence, made, now)
        if made is None or why is not None:
            return why or Unsent.OVERTAKEN
        lang = made.language or centre.languages[0]
        start = local(made.start, centre.zone)
        facts = {"day": near_date(start, lang), "time": clock(start), "reference": made.reference}
        link = f"{self.public_url}/a/{appointment_token(self.store.key, appointment)}"
        subject = say(lang, _("Appointment {reference}"), {"reference": made.reference})
        return _letter(claimed, centre, lang, read_booker(conn, appointment), subject=subject, link=link, **facts)

    def _about_ticket(self, conn: Connection, centre: CentreInfo, claimed: Claimed, ticket: int) -> Letter | Unsent:
        visit = read_visit(conn, ticket, centre.id)
        if visit is None or visit.state is not StepState.WAITING:
            return Unsent.OVERTAKEN
        lang = visit.language or centre.languages[0]
        link = f"{self.public_url}/t/{ticket_token(self.store.key, ticket)}"
        to = read_holder(conn, ticket)
        return _letter(claimed, centre, lang, to, subject=visit.number, link=link, number=visit.number)


def _letter(
    claimed: Claimed, centre: CentreInfo, lang: str, to: Addresses, *, subject: str, link: str, **facts: str
) -> Letter:
    name = named(centre.details.get("short") or centre.names, lang, centre.languages)
    text = say(lang, _SAY[claimed.kind], {"centre": name, "link": link, **facts})
    return Letter(claimed.id, to, f"{name}: {subject}", text, link)
