"""docs/integrating.md says what is so: its requests are made, its tables compared, its Python run."""

import re
import shlex
from typing import Any

from answers.problems import REFUSALS
from api.endpoint import ENDPOINTS
from commands.access import create_token
from commands.permissions import Role
from commands.seed import seed
from commands.tickets import TicketRequest, issue_ticket
from config.catalogue import demonstration, load_catalogue
from display.topics import NEEDS
from store.unit import Store
from tests.api.conftest import on_one_database
from tests.api.desk import Answer, Desk
from tests.processes import ROOT

DOCUMENT = (ROOT / "docs" / "integrating.md").read_text()
EXAMPLES = re.findall(r"^    (curl .*)$", DOCUMENT.replace("\\\n", ""), re.MULTILINE)
CATALOGUE = ROOT / "config" / "centres" / "odsc.toml"
URL = "http://onedoor.example"


def curl(desk: Desk, example: str, known: dict[str, str]) -> Answer:
    """Makes the request of an example: -X, -H and -d are all that it may use."""
    for name, value in known.items():
        example = example.replace(f"${name}", value)
    words = iter(shlex.split(example)[1:])
    said: dict[str, Any] = {"method": "GET", "headers": []}
    for word in words:
        if word == "-H":
            said["headers"].append(tuple(next(words).split(": ", 1)))
        elif word == "-d":
            said |= {"method": "POST", "data": next(words)}
        elif word == "-X":
            said["method"] = next(words)
        elif word != "-s":
            said["path"] = word.removeprefix(URL)
    assert "$" not in str(said), f"an example names something that nobody knows: {said}"
    return desk.browser().open(**said)


@on_one_database
def test_every_request_of_the_document_is_answered_by_the_demonstration(desk: Desk, store: Store) -> None:
    seed(store, demonstration(load_catalogue(CATALOGUE)))
    roles = Role.KIOSK, Role.STAFF, Role.MANAGER
    known = {"URL": URL, **{role.name: create_token(store, role, centre="SAY") for role in roles}}
    for example in EXAMPLES:
        if "/next" in example:  # the ticket of the examples before has left
            with store.unit("SAY") as unit:
                issue_ticket(unit, TicketRequest(("RES",), "kiosk"))
        answer = curl(desk, example, known)
        assert answer.status_code in (200, 201, 304), f"{example}: {answer.text}"
        if answer.is_json and "number" in answer.json and "id" in answer.json:
            known |= {"TOKEN": answer.json["token"] or "", "ID": answer.json["id"]}
    assert len(EXAMPLES) >= 10


def test_every_refusal_is_in_its_table_with_its_status() -> None:
    rows = re.findall(r"^\| (\d{3}) \| ([^|]*) \|", DOCUMENT, re.MULTILINE)
    said = {slug: int(status) for status, slugs in rows for slug in re.findall(r"`([a-z-]+)`", slugs)}
    pages_alone = {"stale-form", "appointments-without-slot", "no-later-slot"}
    pages_alone |= {"remote-full", "remote-day-full", "remote-too-late"}
    assert said == {slug: status for slug, (status, *_) in REFUSALS.items() if slug not in pages_alone}


def test_roles_and_topics_are_those_of_the_product() -> None:
    roles = re.findall(r"^\| `(\w+)` \|", DOCUMENT, re.MULTILINE)
    assert set(roles) >= {role.value for role in Role}
    topics = re.findall(r"`(\w+):(?:SAY|TOKEN)", DOCUMENT)
    assert set(topics) == set(NEEDS)


def test_documented_addresses_are_those_of_the_product() -> None:
    parts = {re.sub(r"[?\"].*", "", part) for example in EXAMPLES for part in re.findall(r"/api/v1/(\S+)", example)}
    rules = [re.sub(r"<[^<>]*>", "[^/]+", found.rule.removeprefix("/")) for found in ENDPOINTS]
    assert not [part for part in parts if not any(re.fullmatch(rule, part) for rule in rules)]
