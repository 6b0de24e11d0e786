"""Messages to citizens: which there are, when each is due, when it is tried again, and when it is no longer true."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import islice

from queueing.appointments import Appointment, AppointmentState
from queueing.order import OpenCounter, QueuedStep, competitors, rivals

REMIND_BEFORE = timedelta(hours=24)
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=30), timedelta(hours=1)
MOST_TRIES = 30  # a little more than a day: longer than a power cut, shorter than anybody waits for a message


class MessageKind(StrEnum):
    """What a message is about."""

    BOOKED = "booked"
    MOVED = "moved"
    CANCELLED = "cancelled"
    REMINDER = "reminder"
    NEAR_TURN = "near_turn"


class MessageState(StrEnum):
    """How far a message is: it waits, also between two tries, or it has ended."""

    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"  # was tried too often
    DROPPED = "dropped"  # was no longer true, or there was nobody to send it to


class Unsent(StrEnum):
    """Why a message was not sent. What a gateway answered is `http-` and its status."""

    OVERTAKEN = "overtaken"
    PAST = "past"
    NO_ADDRESS = "no-address"
    NO_ANSWER = "no-answer"
    NOT_TAKEN = "not-taken"
    INTERRUPTED = "interrupted"


def reminder_due(start: datetime, now: datetime) -> datetime | None:
    """When to remind somebody of an appointment; None for one that is so near that it is not forgotten."""
    due = start - REMIND_BEFORE
    return due if due > now else None


def try_again_at(tries: int, now: datetime) -> datetime | None:
    """When a message is tried again after so many tries; None when it was tried often enough."""
    if tries >= MOST_TRIES:
        return None
    return now + min(FIRST_WAIT * (1 << (tries - 1)), LONGEST_WAIT)


def why_not(kind: MessageKind, sequence: int | None, appointment: Appointment, now: datetime) -> Unsent | None:
    """Why a message about an appointment is not sent any more; None while it says what is so."""
    if now >= appointment.start:
        return Unsent.PAST
    said = AppointmentState.CANCELLED if kind is MessageKind.CANCELLED else AppointmentState.BOOKED
    return None if (appointment.state, appointment.sequence) == (said, sequence) else Unsent.OVERTAKEN


def near_their_turn(
    queue: Sequence[QueuedStep], counters: Sequence[OpenCounter], ahead: int, now: datetime
) -> Iterator[int]:
    """The tickets of a queue in its order that at most `ahead` people are before, where a counter calls them at all.

    Who has a time is not told before it: until then others may come who go first.
    """
    for place, step in enumerate(queue):
        early = step.not_before is not None and now < step.not_before
        if not early and rivals(step.service, step.direct_to, counters):
            before_me = filter(competitors(step, counters), queue[:place])
            if len(list(islice(before_me, ahead + 1))) <= ahead:
                yield step.ticket
