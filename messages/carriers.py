"""What carries messages: gateways by Apprise, or the console of a demonstration."""

import logging
import re
from collections.abc import Sequence
from typing import Any, Protocol
from urllib.parse import quote

import click

from messages.letters import Letter
from queueing.messages import Unsent
from store.messages import Addresses

_SAMPLE = Letter(1, Addresses("+8562055550000", "somebody@example.org"), "", "", "")


class NotSent(Exception):
    """A message was not taken; `why` is short and names nobody."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class UnknownGateway(Exception):
    """Apprise does not understand an address; which one, counted from 1: it may hold a password."""

    def __init__(self, which: int) -> None:
        super().__init__(f"Apprise does not understand address {which} in ONEDOOR_MESSAGES")


class Carrier(Protocol):
    """What a worker sends by. `reach`: by which of their addresses it reaches people."""

    reach: frozenset[str]

    def send(self, letter: Letter) -> None:
        """Hands a letter over. Raises NotSent."""


class Console:
    """Prints messages in place of sending them. Whose they are, and the link that opens the visit, stays hidden."""

    reach = frozenset({"phone", "email"})

    def __init__(self, *, links: bool) -> None:
        self._links = links

    def send(self, letter: Letter) -> None:
        """Prints it; the link only where the console was asked for by name."""
        to = f"…{letter.to.phone[-2:]}" if letter.to.phone else "an e-mail address"
        text = letter.text if self._links else letter.text.replace(letter.link, "…")
        click.echo(f"message {letter.id} to {to}: {text}")


class Gateways:
    """Apprise addresses with {phone} or {email}; the first one that fits carries a message. Raises UnknownGateway."""

    def __init__(self, addresses: Sequence[str]) -> None:
        self._addresses = addresses
        self.reach = frozenset(name for name in ("phone", "email") if any(f"{{{name}}}" in one for one in addresses))
        _keep_to_itself()
        for which, address in enumerate(addresses, 1):  # also loads all that sending needs, before people wait
            if _plugin(address, _SAMPLE) is None:
                raise UnknownGateway(which)

    def send(self, letter: Letter) -> None:
        """Sends it by the first address that fits. Raises NotSent."""
        from apprise import Apprise, NotifyFormat

        address = next((one for one in self._addresses if _fits(one, letter.to)), None)
        if address is None:
            raise NotSent(Unsent.NO_ADDRESS)
        plugin = _plugin(address, letter)
        if plugin is None:  # not a phone number as this gateway knows them
            raise NotSent(Unsent.NOT_TAKEN)
        sender = Apprise()
        sender.add(plugin)
        subject = letter.subject if "{email}" in address else ""
        result = sender.notify(letter.text, title=subject, body_format=NotifyFormat.TEXT)
        if not result:
            raise NotSent(_why(" ".join(entry.message for entry in result.logs())))


def _fits(address: str, to: Addresses) -> bool:
    return all(f"{{{name}}}" not in address or name in to.given for name in ("phone", "email"))


def _plugin(address: str, letter: Letter) -> Any:
    """The gateway for one letter, or None. By the message's id it can drop what it was given before."""
    from apprise import Apprise

    phone = re.sub(r"[^0-9+]", "", letter.to.phone or "")
    facts = {"phone": phone, "email": letter.to.email or "", "id": str(letter.id)}
    for name, value in facts.items():
        address = address.replace(f"{{{name}}}", quote(value, safe=""))
    plugin = Apprise.instantiate(address)
    headers = getattr(plugin, "headers", None)  # e-mail, json, form and xml have them
    if isinstance(headers, dict):
        headers.setdefault("X-Message-Id", str(letter.id))
    return plugin


def _why(said: str) -> str:
    """What Apprise says, without whom it says it of."""
    status = re.search(r"\berror=(\d{3})\b", said)
    if status:
        return f"http-{status[1]}"
    return Unsent.NO_ANSWER if "onnection error" in said else Unsent.NOT_TAKEN


def _keep_to_itself() -> None:
    """Apprise logs phone numbers and addresses."""
    log = logging.getLogger("apprise")
    log.propagate = False
    log.addHandler(logging.NullHandler())


def open_carrier(setting: str | None, *, demo: bool) -> Carrier | None:
    """What ONEDOOR_MESSAGES names; a demonstration has its console. Raises UnknownGateway."""
    if setting is None:
        return Console(links=False) if demo else None
    return Console(links=True) if setting == "console" else Gateways(setting.split())
