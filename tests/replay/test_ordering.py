"""A receiver of the feed on a bad line: whatever is late, lost or doubled, it ends in the server's state."""

import heapq
import itertools
import random
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from replay.ordering import HOLD_SECONDS, PAUSE_SECONDS, SILENCE_SECONDS, Receiver, Said, What


class Hand:
    """A receiver whose time is turned by hand; `heard` is what it was told."""

    def __init__(self) -> None:
        self.now = 0.0
        self.heard: list[tuple[What, Any]] = []
        self.receiver = Receiver("board:SAY", self._tell, lambda: 1.0)
        self.receiver.connected(self.now)

    def _tell(self, said: Said) -> None:
        self.heard.append((said.what, said.payload.get("seq")))

    def asks(self, *, after: float = 0) -> bool:
        self.now += after
        return self.receiver.look(self.now)

    def snapshot(self, seq: int) -> None:
        self.receiver.answered(seq, {"seq": seq}, self.receiver.seq, self.now)

    def events(self, *seqs: int, kind: str = "called") -> None:
        for seq in seqs:
            self.receiver.arrived({"seq": seq, "kind": kind}, self.now)

    def pulse(self, seq: int) -> None:
        self.receiver.pulsed(seq, self.now)

    def told(self) -> list[tuple[What, Any]]:
        heard, self.heard = self.heard, []
        return heard


@pytest.fixture
def hand() -> Hand:
    """A receiver that has watched and stands at 5."""
    hand = Hand()
    assert hand.asks()
    hand.snapshot(5)
    assert hand.told() == [(What.SNAPSHOT, 5), (What.LIVE, None)]
    return hand


def test_events_that_come_in_another_order_are_told_in_theirs(hand: Hand) -> None:
    hand.events(7, 8, 6)
    assert hand.told() == [(What.EVENT, 6), (What.EVENT, 7), (What.EVENT, 8)]
    assert not hand.asks(after=HOLD_SECONDS)


def test_an_event_of_a_kind_that_nobody_knows_is_told_as_any_other(hand: Hand) -> None:
    hand.snapshot(10)
    hand.told()
    hand.events(11, kind="undone")
    hand.events(12, kind="of the years to come")
    assert hand.told() == [(What.EVENT, 11), (What.EVENT, 12)]


def test_what_is_older_than_the_snapshot_is_dropped() -> None:
    hand = Hand()
    hand.asks()
    hand.events(4, 5, 6, 7)
    assert hand.told() == []
    hand.snapshot(6)
    assert hand.told() == [(What.SNAPSHOT, 6), (What.LIVE, None), (What.EVENT, 7)]
    hand.events(3)
    assert hand.told() == []


def test_an_event_is_told_once(hand: Hand) -> None:
    hand.events(6, 6, 7, 7, 6)
    assert [told for told in hand.told() if told[0] is What.EVENT] == [(What.EVENT, 6), (What.EVENT, 7)]


def test_a_missing_event_is_a_gap_after_300_ms_and_it_watches_again_after_a_pause(hand: Hand) -> None:
    hand.events(7)
    assert not hand.asks(after=HOLD_SECONDS - 0.01)
    assert hand.told() == []
    assert not hand.asks(after=0.01)
    assert hand.told() == [(What.STALE, None)]
    assert not hand.asks(after=PAUSE_SECONDS - 0.01)
    assert hand.asks(after=0.01)
    hand.snapshot(7)
    assert hand.told() == [(What.SNAPSHOT, 7), (What.LIVE, None)]


def test_the_300_ms_begin_anew_with_each_hole(hand: Hand) -> None:
    hand.events(7)
    assert not hand.asks(after=HOLD_SECONDS - 0.01)
    hand.events(9, 6)
    assert hand.told() == [(What.EVENT, 6), (What.EVENT, 7)]
    assert not hand.asks(after=HOLD_SECONDS - 0.01)
    assert hand.receiver.live


def test_the_same_number_again_only_refreshes(hand: Hand) -> None:
    hand.events(5, kind="refreshed")
    assert hand.told() == [(What.REFRESHED, 5)]


def test_a_refreshment_that_overtakes_its_event_does_not_take_its_place(hand: Hand) -> None:
    hand.events(6, kind="refreshed")
    hand.events(6)
    assert hand.told() == [(What.EVENT, 6)]


def test_a_pulse_that_is_ahead_is_a_gap_and_one_that_agrees_is_none(hand: Hand) -> None:
    hand.pulse(5)
    assert not hand.asks(after=HOLD_SECONDS)
    hand.pulse(6)
    assert not hand.asks(after=HOLD_SECONDS)
    assert hand.told() == [(What.STALE, None)]
    assert hand.asks(after=PAUSE_SECONDS)


def test_an_event_just_behind_its_pulse_is_no_gap(hand: Hand) -> None:
    hand.pulse(6)
    hand.events(6)
    assert not hand.asks(after=HOLD_SECONDS)
    assert hand.receiver.live


def test_silence_is_doubted(hand: Hand) -> None:
    assert not hand.asks(after=SILENCE_SECONDS)
    assert hand.told() == [(What.STALE, None)]
    assert hand.asks(after=PAUSE_SECONDS)


def test_a_lost_connection_is_stale_and_a_new_one_watches_at_once(hand: Hand) -> None:
    hand.receiver.lost()
    assert hand.told() == [(What.STALE, None)]
    assert not hand.asks(after=100)
    hand.receiver.connected(hand.now)
    assert hand.asks()


def test_a_snapshot_that_events_have_overtaken_changes_nothing(hand: Hand) -> None:
    hand.events(6, 7)
    hand.told()
    hand.receiver.answered(6, {"seq": 6}, 5, hand.now)
    assert hand.told() == []
    assert hand.receiver.seq == 7


def test_after_a_restore_from_a_backup_the_server_counts_from_where_it_stands(hand: Hand) -> None:
    hand.receiver.answered(3, {"seq": 3}, 5, hand.now)
    hand.events(4)
    assert hand.told() == [(What.SNAPSHOT, 3), (What.EVENT, 4)]


class BadLine:
    """A server with a log, and a line that loses, delays, doubles and breaks; time is a number."""

    def __init__(self, chance: random.Random) -> None:
        self.chance, self.now, self.bad = chance, 0.0, True
        self.log: list[int] = []  # the n-th event is its number; the state is all of them
        self.state: list[int] = []
        self.seqs: list[int] = []
        self.connection = 0
        self._due: list[tuple[float, int, Callable[[], None]]] = []
        self._order = itertools.count()
        self.receiver = Receiver("board:SAY", self._tell, chance.random)

    def _tell(self, said: Said) -> None:
        if said.what is What.SNAPSHOT:
            self.state = list(said.payload["log"])
        elif said.what is What.EVENT:
            assert said.payload["seq"] == self.seqs[-1] + 1, "a hole, or twice"
            self.state.append(said.payload["seq"])
        else:
            return
        self.seqs.append(len(self.state))
        assert self.seqs == sorted(self.seqs), "seq has gone back"

    def act(self) -> None:
        self.log.append(len(self.log) + 1)
        event = {"seq": len(self.log), "kind": "called"}
        self._send(lambda: self.receiver.arrived(event, self.now))

    def pulse(self) -> None:
        seq = len(self.log)
        self._send(lambda: self.receiver.pulsed(seq, self.now))

    def refresh(self) -> None:
        event = {"seq": len(self.log), "kind": "refreshed"}
        self._send(lambda: self.receiver.arrived(event, self.now))

    def connect(self) -> None:
        self.connection += 1
        self.receiver.lost()
        self.receiver.connected(self.now)

    def _send(self, deliver: Callable[[], None]) -> None:
        """To the receiver, if the line will have it: perhaps never, perhaps twice, sooner or later."""
        times = self.chance.choice([0, 1, 1, 1, 2]) if self.bad else 1
        for _ in range(times):
            late = self.chance.choice([0, 0.01, 0.2, 0.5, 3]) if self.bad else 0.01
            self._later(late, deliver)

    def _later(self, seconds: float, do: Callable[[], None]) -> None:
        connection = self.connection
        heapq.heappush(
            self._due,
            (self.now + seconds, next(self._order), lambda: do() if connection == self.connection else None),
        )

    def _answer(self) -> None:
        stood = self.receiver.seq

        def read() -> None:
            log = list(self.log)
            self._send(lambda: self.receiver.answered(len(log), {"log": log}, stood, self.now))

        self._send(read)

    def go_on(self, seconds: float) -> None:
        """Lets time pass, in order."""
        end = self.now + seconds
        while True:
            if self.receiver.look(self.now):
                self._answer()
            due = self.receiver.due
            following = min((at for at in (due, self._due[0][0] if self._due else None) if at is not None), default=end)
            if following > end:
                break
            self.now = max(self.now, following)
            while self._due and self._due[0][0] <= self.now:
                heapq.heappop(self._due)[2]()
        self.now = end


HAPPENINGS = ["act", "act", "act", "act", "pulse", "refresh", "connect", "pause", "wait"]


@given(st.lists(st.sampled_from(HAPPENINGS), max_size=60), st.randoms(use_true_random=False))
def test_a_receiver_on_a_bad_line_ends_in_the_servers_state(happenings: list[str], chance: random.Random) -> None:
    line = BadLine(chance)
    line.connect()
    for happening in happenings:
        if happening in ("pause", "wait"):
            line.go_on(0.3 if happening == "pause" else 12)
        else:
            getattr(line, happening)()
    line.bad = False
    line.go_on(15)
    line.pulse()
    line.go_on(15)
    assert line.state == line.log
    assert line.receiver.live
