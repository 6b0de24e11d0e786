"""What is perhaps not done today, in kind words."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from answers.dates import short_date
from answers.words import _, languages, say
from queueing.capacity import Outlook
from store.centre import CentreInfo

_MANY = 5  # fewer are not called many


def doubt(
    centre: CentreInfo, now: datetime, seen: Mapping[str, Outlook], services: Iterable[str]
) -> dict[str, str] | None:
    """What to say, in each language, to whoever may not be served today with all of `services`; None where all fit."""
    late = [seen[code] for code in services if code in seen and not seen[code].fits]
    if not late:
        return None
    many = max(one.people for one in late) >= _MANY
    return {lang: _in_words(centre, now, lang, many=many) for lang in languages()}


def _in_words(centre: CentreInfo, now: datetime, lang: str, *, many: bool) -> str:
    hours = centre.hours
    today = hours.business_date(now)
    facts: dict[str, object] = {"time": _clock(centre, hours.closing(today))}
    why = say(lang, _("Many people are waiting.") if many else _("There is not much time left today."))
    perhaps = say(lang, _("You may not be served before we close at {time}."), facts)
    again = hours.tickets_on_a_later_day(now)
    if again is None:
        way = say(lang, _("You can still take a ticket."))
    elif (hours.business_date(again) - today).days == 1:
        facts = {"time": _clock(centre, again)}
        way = say(lang, _("You can still take a ticket, or come tomorrow from {time}."), facts)
    else:
        facts = {"day": short_date(hours.business_date(again), lang), "time": _clock(centre, again)}
        way = say(lang, _("You can still take a ticket, or come on {day} from {time}."), facts)
    return f"{why} {perhaps} {way}"


def _clock(centre: CentreInfo, at: datetime) -> str:
    return at.astimezone(centre.zone).strftime("%H:%M")
