"""What a screen makes of a snapshot and the events after it, and what of it the database must agree with."""

import copy
from typing import Any

Picture = dict[str, Any]
AT_COUNTER = ("called", "serving")
COUNTER_STATES = {"counter_opened": "open", "counter_closed": "closed", "counter_paused": "paused"}
FREES_COUNTER = ("finished", "no_show", "left", "cancelled", "on_hold", "transferred")


def after(topic: str, picture: Picture, event: Picture) -> Picture:
    """The picture of a topic after an event."""
    kind = topic.partition(":")[0]
    picture = copy.deepcopy(picture)
    if kind in ("board", "office"):
        _on_board(picture, event)
    if kind in ("queue", "office"):
        _in_queue(picture, event)
    if kind == "ticket":
        picture |= {name: event[name] for name in ("state", "services", "service", "counter", "called_at")}
    if kind == "counter":
        _at_counter(picture, event)
    return picture


def _on_board(board: Picture, event: Picture) -> None:
    board["waiting"] = {"total": event["waiting"], "by_service": event["waiting_by_service"]}
    kind, counters = event["kind"], {counter["counter"]: counter for counter in board["counters"]}
    if kind in COUNTER_STATES:
        counters[event["counter"]]["state"] = COUNTER_STATES[kind]
    elif kind == "called":
        counters[event["counter"]]["number"] = event["number"]
        called = {name: event[name] for name in ("ticket", "number", "counter", "service", "recalls", "quiet")}
        board["calls"] = [{**called, "called_at": event["at"]}, *board["calls"]]
    elif kind == "recalled":
        recalled = next(call for call in board["calls"] if call["ticket"] == event["ticket"])
        recalled["recalls"] = event["recalls"]
    elif kind == "undone":
        _undone(board, event, counters[event["counter"]])
    elif kind in FREES_COUNTER and event["counter"] is not None:
        counters[event["counter"]]["number"] = None


def _undone(board: Picture, event: Picture, counter: Picture) -> None:
    """A call goes; before all other presses the person stood at the counter."""
    is_call = event["undoes"] == "called"
    counter["number"] = None if is_call else event["number"]
    if is_call:
        board["calls"].remove(next(call for call in board["calls"] if call["ticket"] == event["ticket"]))


def _in_queue(queue: Picture, event: Picture) -> None:
    entry = event.get("entry")
    if entry is None:
        return
    queue["tickets"] = [ticket for ticket in queue["tickets"] if ticket["id"] != entry["id"]]
    if entry["state"] == "waiting":
        queue["tickets"] = sorted([*queue["tickets"], entry], key=lambda ticket: ticket["due_at"])


def _at_counter(counter: Picture, event: Picture) -> None:
    counter["state"] = COUNTER_STATES.get(event["kind"], counter["state"])
    entry = event.get("entry")
    if entry is not None:
        here = entry["state"] in AT_COUNTER
        counter["ticket"], counter["number"] = (entry, entry["number"]) if here else (None, None)


def facts(topic: str, picture: Picture) -> Any:
    """What of a picture must be the database's: all but the clock, places and the reasons for them."""
    kind = topic.partition(":")[0]
    if kind == "ticket":
        return {name: picture[name] for name in ("state", "services", "service", "counter", "called_at")}
    if kind == "counter":
        ticket = picture["ticket"] or {}
        return picture["state"], picture["number"], ticket.get("id"), ticket.get("state")
    found: list[Any] = []
    if kind in ("queue", "office"):
        found.append([(ticket["id"], ticket["due_at"]) for ticket in picture["tickets"]])
    if kind in ("board", "office"):
        told = "ticket", "number", "counter", "service", "called_at", "recalls"
        calls = [tuple(call[name] for name in told) for call in picture["calls"]]
        waiting = {service: number for service, number in picture["waiting"]["by_service"].items() if number}
        found += [calls[:20], picture["waiting"]["total"], waiting]
        found.append([(counter["counter"], counter["state"], counter["number"]) for counter in picture["counters"]])
    return found
