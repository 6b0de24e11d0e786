"""A browser of plain pages: reads handles, presses forms with what is in them."""

import re
from html import unescape
from typing import Any
from urllib.parse import urlsplit

from flask import Flask
from werkzeug.test import TestResponse

from answers.guards import COOKIE
from commands.access import create_token
from commands.permissions import Role
from queueing.visit import Visit
from store.ids import ticket_token
from tests.cast import Hall

PUBLIC_URL = "http://onedoor.test:8000"
_FORM = re.compile(r'<form[^>]*method="post"[^>]*action="([^"]*)"[^>]*>(.*?)</form>', re.S)
_HIDDEN = re.compile(r'<input type="hidden" name="([^"]*)" value="([^"]*)"')


class Reader:
    """One browser with its cookies, in one language; `role` is whose session or pairing it carries."""

    def __init__(self, app: Flask, hall: Hall, role: str | None, lang: str) -> None:
        self.hall, self.lang = hall, lang
        self.browser = app.test_client()
        if role:
            centre = None if role == "admin" else hall.code
            self.browser.set_cookie(COOKIE, create_token(hall.store, Role(role), centre=centre))
        self.page: TestResponse | None = None

    def get(self, address: str, **options: Any) -> TestResponse:
        """Opens a page."""
        headers = {"Accept-Language": self.lang, **options.pop("headers", {})}
        self.page = self.browser.get(address, headers=headers, **options)
        return self.page

    def form(self, action: str) -> dict[str, str]:
        """The hidden fields of the page's form that is sent to an address ending in `action`."""
        assert self.page
        for address, inside in _FORM.findall(self.page.text):
            if address.endswith(action):
                return {name: unescape(value) for name, value in _HIDDEN.findall(inside)}
        raise AssertionError(f"no form for {action}")

    def post(self, address: str, fields: dict[str, Any]) -> TestResponse:
        """Sends a form, as it is."""
        self.page = self.browser.post(address, data=fields, headers={"Accept-Language": self.lang})
        return self.page

    def press(self, address: str, **chosen: Any) -> TestResponse:
        """Sends the page's form with what was chosen, and goes where that leads."""
        answer = self.post(address, {**self.form(address), **chosen})
        return self.get(answer.headers["Location"]) if answer.status_code in (302, 303) else answer

    @property
    def text(self) -> str:
        """The page as it came."""
        assert self.page
        return self.page.text

    def show(self, handle: str) -> str:
        """The text of the element that is read by a handle."""
        assert self.page
        found = re.search(rf'data-show="{handle}"[^>]*>([^<]*)', self.page.text)
        assert found, f"no {handle}"
        return unescape(found[1]).strip()

    def has(self, act: str) -> bool:
        """Whether there is something to press by that handle."""
        assert self.page
        return f'data-act="{act}"' in self.page.text

    def part(self, name: str) -> str:
        """The text of a part of the page."""
        assert self.page
        found = re.search(rf'data-part="{name}"[^>]*>([^<]*)', self.page.text)
        assert found, f"no {name}"
        return unescape(found[1]).strip()

    def offers(self, part: str) -> bool:
        """Whether a part of the page is shown."""
        assert self.page
        return re.search(rf'data-part="{part}"(?![^>]* hidden)', self.page.text) is not None

    def queue(self) -> list[str]:
        """The numbers in the clerk's queue."""
        assert self.page
        table = self.page.text.partition('data-show="queue"')[2].partition("</tbody>")[0]
        return re.findall(r'data-number="([^"]*)"', table)

    def token_of(self, visit: Visit) -> str:
        """What the QR code on a ticket opens."""
        return ticket_token(self.hall.store.key, visit.id)


def path(address: str) -> str:
    """The path of an address, without what is asked there."""
    return urlsplit(address).path
