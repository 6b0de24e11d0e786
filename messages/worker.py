"""Who sends: takes messages out of the outbox one by one, and says in it what became of each.

A message is sent at least once. Between its sending and its record nothing holds a lock; who is killed there leaves it
to be sent again, with the same id, once nobody can be sending it any more.
"""

import logging
from datetime import timedelta

from answers.tickets import Standing
from commands.messages import tell_near
from messages.carriers import Carrier, NotSent
from messages.letters import Letter, Writer
from queueing.messages import MOST_TRIES, MessageState, Unsent, near_their_turn, try_again_at
from store.board import read_head
from store.busy import Busy
from store.messages import (
    Claimed,
    any_due,
    claim_message,
    end_message,
    postpone_message,
    untold_by_centre,
)
from store.unit import Store

log = logging.getLogger("onedoor.messages")
AT_ONCE = 20  # then it looks again whose turn is near: a gateway that hangs must not hold that up
CLAIMED_FOR = timedelta(minutes=2)  # longer than any gateway takes to answer or not to


class Worker:
    """One per process; several work on one outbox and send nothing twice."""

    def __init__(self, store: Store, carrier: Carrier, public_url: str) -> None:
        self._store, self._carrier = store, carrier
        self._writer = Writer(store, public_url)

    def work(self) -> None:
        """Tells whose turn is near, and sends all that is due."""
        try:
            self._tell_near()
            for _message in range(AT_ONCE):
                if not self._send_next():
                    break
        except Busy:
            log.warning("the database was busy; messages wait")

    def _tell_near(self) -> None:
        if "phone" not in self._carrier.reach:
            return
        with self._store.glancing() as conn:
            untold = untold_by_centre(conn)
        for code, tickets in untold.items():
            now = self._store.clock.now()
            with self._store.reading() as conn:
                centre = read_head(conn, self._store.centres, code).info
                hall = Standing.read(conn, centre, now)
            near = near_their_turn(hall.queue, hall.counters, centre.rules.near_turn_ahead, now)
            told = set(near).intersection(tickets)
            if told:
                tell_near(self._store, code, centre.id, told)

    def _send_next(self) -> bool:
        now = self._store.clock.now()
        with self._store.glancing() as conn:  # mostly there is none, and nobody need be kept from writing
            if not any_due(conn, now):
                return False
        with self._store.writing() as conn:
            claimed = claim_message(conn, now, now + CLAIMED_FOR * self._store.clock.speed)
        if claimed is None:
            return False
        self._finish(claimed)
        return True

    def _finish(self, claimed: Claimed) -> None:
        if claimed.tries > MOST_TRIES:
            return self._end(claimed, MessageState.FAILED, Unsent.INTERRUPTED)
        letter = self._writer.write(claimed, self._store.clock.now())
        if isinstance(letter, Unsent):
            return self._end(claimed, MessageState.DROPPED, letter)
        if not letter.to.given & self._carrier.reach:
            return self._end(claimed, MessageState.DROPPED, Unsent.NO_ADDRESS)
        return self._send(claimed, letter)

    def _send(self, claimed: Claimed, letter: Letter) -> None:
        try:
            self._carrier.send(letter)
        except NotSent as error:
            log.warning("message %s was not sent: %s", claimed.id, error.why)
            again = try_again_at(claimed.tries, self._store.clock.now())
            if again is None:
                return self._end(claimed, MessageState.FAILED, error.why)
            with self._store.writing() as conn:
                postpone_message(conn, claimed, again, error.why)
        else:
            self._end(claimed, MessageState.SENT)

    def _end(self, claimed: Claimed, state: MessageState, why: str | None = None) -> None:
        with self._store.writing() as conn:
            end_message(conn, claimed, state, self._store.clock.now(), why)
