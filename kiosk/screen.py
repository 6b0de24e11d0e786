"""What every page of a kiosk knows: its centre, the language and looks pressed, and whether tickets are given."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask import request, url_for
from werkzeug.wrappers import Response

from answers.centres import centre_detail, closes_early
from answers.guards import store
from answers.pages import page
from answers.tickets import local
from kiosk.opening import week_lines
from kiosk.returning import who_may_come_back
from queueing.hours import Closed
from store.board import read_head
from store.centre import CentreInfo, Names

# How a person wants to see the screen; the next person starts without.
LOOKS = ("large", "contrast", "low")
_KEPT = ("services", "more", "q", "number", "typed")  # of the address, in another language or look


@dataclass(frozen=True, slots=True)
class Screen:
    """One person's moment at a kiosk."""

    centre: dict[str, Any]
    info: CentreInfo
    lang: str
    looks: tuple[str, ...]
    now: datetime
    waiting: int
    returning: tuple[str, ...]

    @classmethod
    def of(cls, code: str) -> "Screen":
        """The screen as it was asked for. Raises NotFound."""
        centre = centre_detail(store(), code)
        with store().reading() as conn:
            now = store().clock.now()
            head = read_head(conn, store().centres, code)
            back = tuple(visit.number for visit in who_may_come_back(conn, head.info, now))
        looks = tuple(look for look in LOOKS if look in request.values.getlist("look"))
        waiting = sum(head.waiting.values())
        return cls(centre, head.info, spoken(centre["languages"]), looks, now, waiting, back)

    @property
    def closed(self) -> Closed | None:
        """Why no tickets are given now."""
        return self.info.hours.refusal(self.now)

    @property
    def today(self) -> date:
        """The centre's business date."""
        return self.info.hours.business_date(self.now)

    @property
    def state(self) -> str:
        """Changes when the first page would look different; a kiosk that nobody touches draws itself again then."""
        back = "back" if self.returning else ""
        return f"{self.closed or 'open'} {self.info.version} {self.waiting} {self.today} {back}"

    def address(self, step: str = "services", *, without: str = "", **asked: Any) -> str:
        """A page of this kiosk, in the same language and looks (but one)."""
        looks = [look for look in self.looks if look != without]
        return url_for(f"kiosk.{step}", code=self.info.code, **{"lang": self.lang, "look": looks, **asked})

    def here(self, **changed: Any) -> str:
        """The same page with another language or other looks; after a press, the first one."""
        if request.method != "GET" or request.endpoint is None:
            return self.address(**changed)
        kept = {name: request.args.getlist(name) for name in _KEPT if name in request.args}
        return self.address(request.endpoint.removeprefix("kiosk."), **{**kept, **changed})

    def switches(self) -> list[tuple[str, bool, str]]:
        """Each look, whether it is on, and the address that turns it."""
        turned = [(look, look in self.looks, set(self.looks) ^ {look}) for look in LOOKS]
        return [(look, on, self.here(look=[x for x in LOOKS if x in then])) for look, on, then in turned]

    def chosen(self) -> list[str]:
        """The services that were pressed so far, each once; what the centre does not have was never on the screen."""
        return [code for code in dict.fromkeys(request.values.getlist("services")) if code in self.info.services]

    def page(self, template: str, status: int = 200, **values: Any) -> Response:
        """A page of the kiosk."""
        week, early = week_lines(self.centre["hours"], self.lang), closes_early(self.info, self.now)
        shared = {"screen": self, "centre": self.centre, "week": week, "early": early}
        return page(template, status, lang=self.lang, **shared, **values)

    def full(self, services: list[Names], status: int = 200) -> Response:
        """The kind screen for services that have given all their tickets of today."""
        again = self.info.hours.tickets_on_a_later_day(self.now)
        at = local(again, self.info.zone) if again else None
        return self.sorry("service-full", status, services=services, again=at)

    def sorry(self, reason: str, status: int = 200, **facts: Any) -> Response:
        """The kind screen for what can't be done now, with what to do instead."""
        again = self.info.hours.tickets_again(self.now) if self.closed else None
        at = local(again, self.info.zone) if again else None
        today = again is not None and self.info.hours.business_date(again) == self.today
        values = {"reason": reason, "again": at, "today": today, "said": None, "services": [], "number": None, **facts}
        return self.page("kiosk/sorry.html", status, **values)


def spoken(known: list[str]) -> str:
    """The language pressed, else the centre's first: a kiosk is the next person's, whatever its browser prefers."""
    asked = request.values.get("lang", "")
    return asked if asked in known else known[0]
