"""Clients who press at random while receivers watch, lines are cut and the server dies."""

import random
import threading
import time
import uuid
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import requests

from display.topics import NEEDS
from queueing.states import TRANSITIONS, Act, StepState
from tests.display.pictures import facts
from tests.display.receivers import Receiver, eventually
from tests.servers import RunningServer

CENTRE = "SAY"
CLOCK = "2026-11-23T08:00:00+07:00"  # far from midnight, at which a day would end
NAME, PHONE = "Somchai Secret", "020 5559876"
SERVICES = ("RES", "BIRTH", "IDCARD", "INFO")
COUNTERS = 8
# Nobody presses these: they happen by themselves.
_NOBODYS = frozenset({Act.EXPIRE, Act.REDIRECT})
ROLE = {"board": None, "ticket": None, "counter": "staff", "queue": "staff", "office": "manager"}
assert set(ROLE) == set(NEEDS)


def clock(at: str) -> tuple[str, ...]:
    """The server's arguments for a clock that begins at an instant."""
    return "--demo", "--clock", f"{at}@1"


class Storm:
    """Presses of many clients on one server; each is pressed again, with its key, until it is answered."""

    def __init__(self, server: RunningServer, seed: int) -> None:
        self.server, self._seed = server, seed
        self.tokens: dict[str, str] = {}  # of the tickets, by id
        self._states: dict[str, str] = {}
        self.done = 0
        self.failed: list[str] = []

    def issue(self, people: int) -> list[str]:
        """So many people take a ticket; their tokens."""
        client = Client(self, self._seed)
        for _ in range(people):
            client.issue()
        return list(self.tokens.values())

    def blow(self, acts: int, clients: int) -> None:
        """Lets so many clients press until so many acts are done."""
        with ThreadPoolExecutor(clients) as pool:
            for result in [pool.submit(Client(self, self._seed + n).press_until, acts) for n in range(clients)]:
                result.result()

    def kill_and_start(self) -> None:
        """The server dies, and begins again where its clock stood."""
        stood = datetime.fromisoformat(self.server.api("GET", f"/centres/{CENTRE}/board").json()["at"])
        self.server.kill()
        self.server.arguments = clock((stood + timedelta(seconds=2)).isoformat())
        self.server.start()

    def noted(self, ticket: dict[str, Any]) -> None:
        self._states[ticket["id"]] = ticket["state"]

    def known(self) -> list[tuple[str, str]]:
        return list(self._states.items())


class Client:
    """One client: a kiosk, a clerk and a phone in turn."""

    def __init__(self, storm: Storm, seed: int) -> None:
        self.storm, self.chance = storm, random.Random(seed)
        self.session = requests.Session()
        self.session.trust_env = False
        self.counter = seed % COUNTERS + 1
        self.staff, self.kiosk = storm.server.token("staff"), storm.server.token("kiosk")

    def press_until(self, acts: int) -> None:
        with self.session:
            while self.storm.done < acts:
                self.chance.choice([self.issue, self.next, self.next, self.counters, *[self.act] * 6])()

    def issue(self) -> None:
        asked = {"services": self.chance.sample(SERVICES, self.chance.choice([1, 1, 2])), "name": NAME, "phone": PHONE}
        ticket = self._post(f"/centres/{CENTRE}/tickets", asked, self.kiosk)
        if ticket:
            self.storm.tokens[ticket["id"]] = ticket["token"]

    def next(self) -> None:
        self._post(f"/centres/{CENTRE}/counters/{self.counter}/next", {"finish": True}, self.staff)

    def counters(self) -> None:
        act, asked = self.chance.choice([("open", {"services": list(SERVICES)})] * 4 + [("pause", {}), ("close", {})])
        self._post(f"/centres/{CENTRE}/counters/{self.counter}/{act}", asked, self.staff)

    def act(self) -> None:
        """Something that a ticket's state allows, as far as anybody knows."""
        known = self.storm.known()
        ticket, state = self.chance.choice(known) if known else ("", "")
        acts = sorted(set(TRANSITIONS.get(StepState(state), {})) - _NOBODYS) if state else []
        if not acts:
            return
        act = self.chance.choice(acts)
        if act is Act.LEAVE and ticket in self.storm.tokens:
            self._post(f"/tickets/{self.storm.tokens[ticket]}/cancel", {}, None)
        elif act is Act.PASS and ticket in self.storm.tokens:
            self._post(f"/tickets/{self.storm.tokens[ticket]}/pass", {}, None)
        elif act is not Act.LEAVE:
            self._post(f"/tickets/{ticket}/{act}", self._facts(act), self.staff)

    def _facts(self, act: Act) -> dict[str, Any]:
        if act is Act.CALL:
            return {"counter": self.counter}
        if act is Act.TRANSFER:
            return self.chance.choice(
                [{"service": self.chance.choice(SERVICES), "note": NAME}, {"counter": self.counter}]
            )
        if act is Act.CHANGE_STEPS:
            return {"add": ["PAY"]}
        if act is Act.CHANGE_PRIORITY:
            return {"priority": self.chance.choice([None, "ELDER"])}
        if act is Act.CHANGE_DETAILS:
            return {"name": NAME, "reference": str(self.chance.random())}
        return {"reason": NAME} if act in (Act.HOLD, Act.CANCEL) else {}

    def _post(self, path: str, body: dict[str, Any], token: str | None) -> dict[str, Any]:
        headers = {"Idempotency-Key": str(uuid.uuid4()), **({"Authorization": f"Bearer {token}"} if token else {})}
        url, end = f"{self.storm.server.url}/api/v1{path}", time.monotonic() + 60
        while True:
            try:
                answer = self.session.post(url, json=body, headers=headers, timeout=30)
                break
            except requests.RequestException:
                if time.monotonic() > end:
                    raise
                time.sleep(0.1)
        return self._noted(path, answer)

    def _noted(self, path: str, answer: requests.Response) -> dict[str, Any]:
        if answer.status_code in (204, 409):
            return {}
        if answer.status_code not in (200, 201):
            self.storm.failed.append(f"{path}: {answer.status_code} {answer.text}")
            return {}
        said: dict[str, Any] = answer.json()
        self.storm.done += 1
        if "id" in said:
            self.storm.noted(said)
        return said


def receivers(url: str, server: RunningServer, tickets: Iterable[str], each: dict[str, int]) -> list[Receiver]:
    """So many receivers on each kind of topic; those of tickets and counters spread over them."""
    tokens = list(tickets)
    names = {
        "board": lambda _n: f"board:{CENTRE}",
        "ticket": lambda n: f"ticket:{tokens[n % len(tokens)]}",
        "counter": lambda n: f"counter:{CENTRE}:{n % COUNTERS + 1}",
        "queue": lambda _n: f"queue:{CENTRE}",
        "office": lambda _n: f"office:{CENTRE}",
    }
    found: list[Receiver] = []
    for kind, count in each.items():
        role = ROLE[kind]
        token = server.token(role) if role else None
        found += [Receiver(url, names[kind](n), token) for n in range(count)]
    return found


class Cutter:
    """Cuts a share of the lines every now and then, within a `with` block."""

    def __init__(self, relay: Any, share: float, chance: random.Random) -> None:
        self.cuts = 0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._cut, args=(relay, share, chance))

    def _cut(self, relay: Any, share: float, chance: random.Random) -> None:
        while not self._over.wait(chance.uniform(0.2, 0.6)):
            self.cuts += relay.cut(share, chance)

    def __enter__(self) -> "Cutter":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()


def database_says(server: RunningServer, topics: Iterable[str]) -> dict[str, Any]:
    """The facts of each topic, by the API where it has an address for them."""
    said: dict[str, Any] = {}
    for topic in set(topics):
        kind, _, rest = topic.partition(":")
        if kind == "board":
            said[topic] = facts(topic, server.api("GET", f"/centres/{CENTRE}/board").json())
        elif kind == "queue":
            said[topic] = facts(topic, server.api("GET", f"/centres/{CENTRE}/queue", role="staff").json())
        elif kind == "ticket":
            said[topic] = facts(topic, server.api("GET", f"/tickets/{rest}").json())
        else:
            role = ROLE[kind]
            fresh = Receiver(server.url, topic, server.token(role) if role else None)
            try:
                said[topic] = facts(topic, fresh.watch().picture)
            finally:
                fresh.leave()
    return said


def not_there(server: RunningServer, watching: list[Receiver]) -> list[str]:
    """The receivers that do not come to show what the database holds, and how they differ."""
    truth = database_says(server, (receiver.topic for receiver in watching))

    def shows(receiver: Receiver) -> bool:
        return receiver.live.is_set() and facts(receiver.topic, receiver.picture) == truth[receiver.topic]

    eventually(lambda: all(map(shows, watching)))
    return [_difference(r, truth[r.topic]) for r in watching if not shows(r)]


def _difference(receiver: Receiver, truth: Any) -> str:
    shown, true = [facts(receiver.topic, receiver.picture)], [truth]
    if isinstance(truth, list):
        pairs = [pair for pair in zip(shown[0], truth, strict=True) if pair[0] != pair[1]]
        shown, true = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    return f"{receiver.topic} (live: {receiver.live.is_set()}) shows {shown} and not {true}"
