"""An appointment as a calendar file (RFC 5545): the same UID with a later SEQUENCE takes the place of the last one."""

from collections.abc import Sequence
from datetime import datetime
from urllib.parse import urlsplit

from icalendar import Calendar, Event

from answers.words import _, named, say
from queueing.appointments import Appointment, AppointmentState, state_at
from store.centre import CentreInfo

_STATUS = {AppointmentState.HELD: "TENTATIVE", AppointmentState.CANCELLED: "CANCELLED"}


def calendar_file(centre: CentreInfo, appointment: Appointment, address: str, lang: str, now: datetime) -> bytes:
    """The file, in a language; `address` is where its holder opens it."""
    state = state_at(appointment, centre.hours, now)
    cancelled = state is AppointmentState.CANCELLED
    calendar = Calendar()
    calendar.add("prodid", "-//OneDoor//Appointments//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "CANCEL" if cancelled else "PUBLISH")
    event = Event()
    event.add("uid", f"{appointment.reference}-{appointment.id}@{urlsplit(address).hostname}")
    event.add("sequence", appointment.sequence)
    event.add("dtstamp", now)
    event.add("dtstart", appointment.start.astimezone(centre.zone))
    event.add("dtend", appointment.end.astimezone(centre.zone))
    event.add("status", _STATUS.get(state, "CONFIRMED"))
    services = [named(centre.services[code].names, lang, centre.languages) for code in appointment.services]
    event.add("summary", ", ".join(services))
    event.add("location", named(centre.names, lang, centre.languages))
    event.add("description", _description(centre, appointment, lang))
    event.add("url", address)
    calendar.add_component(event)
    calendar.add_missing_timezones()
    return calendar.to_ical()


def _description(centre: CentreInfo, appointment: Appointment, lang: str) -> str:
    papers = papers_of(centre, appointment.services, lang)
    lines = [say(lang, _("Reference: {reference}"), {"reference": appointment.reference})]
    if papers:
        lines.append(say(lang, _("Please bring:")))
    return "\n".join([*lines, *(f"- {paper}" for paper in papers)])


def papers_of(centre: CentreInfo, services: Sequence[str], lang: str) -> list[str]:
    """The documents to bring for services, each once."""
    papers = [paper["names"] for code in services for paper in centre.services[code].documents]
    names = [named(paper, lang, centre.languages) for paper in papers]
    return list(dict.fromkeys(names))
