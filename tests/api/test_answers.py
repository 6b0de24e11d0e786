"""What the API answers has the contract's shape, and the shape that the product's own models write."""

import csv
import io
from typing import Any

import pytest
from flask import Flask
from pydantic import BaseModel
from sqlalchemy import event

from answers import schemas
from store.unit import Store
from tests.api import shapes_of
from tests.api.conftest import on_one_database
from tests.api.desk import Desk
from tests.api.shapes_of import fits
from tests.cast import a_hall

DAY = "from=2026-11-23&to=2026-11-23"
BY = ("service", "hour", "weekday", "day", "counter", "channel", "priority")


def shaped(answer: Any, shape: shapes_of.Shape, model: type[BaseModel], status: int = 200) -> Any:
    """The answer, once it is known to be as the contract and the model say."""
    assert (answer.status_code, answer.mimetype) == (status, "application/json"), answer.text
    fits(answer.json, shape)
    model.model_validate_json(answer.data)
    return answer.json


@pytest.fixture
def morning(desk: Desk) -> Desk:
    """A desk in the middle of a morning: somebody served, somebody called, two waiting."""
    desk.hall.at("8:00").opens(4)
    done = desk.issue("RES", priority="ELDER", language="lo")
    desk.hall.later(2)
    for act in ("call", "serve", "finish", "hold"):
        desk.hall.later(3)
        assert desk.act(done, act, **({"counter": 4} if act == "call" else {})).status_code == 200
    desk.issue("BIRTH")
    desk.issue("INFO", "BIRTH", by="staff")
    desk.issue("MARRY", by="none")
    desk.hall.later(1)
    assert desk.call(4).status_code == 200
    return desk


def test_centres_have_the_contract_s_shape(desk: Desk) -> None:
    centres = shaped(desk.get("/centres"), shapes_of.CENTRES, schemas.Centres)["centres"]
    (mine,) = [centre for centre in centres if centre["code"] == desk.code]
    assert mine == {
        "code": desk.code,
        "name": "ໄຊເສດຖາ",  # the centre's first language
        "names": {"lo": "ໄຊເສດຖາ", "en": "Saysettha"},
        "time_zone": "Asia/Vientiane",
        "open_now": True,
        "today": ["00:00-24:00"],
    }


def test_centre_has_its_week_languages_counters_and_groups(desk: Desk) -> None:
    centre = shaped(desk.get(f"/centres/{desk.code}"), shapes_of.DETAIL, schemas.CentreDetail)
    assert centre["languages"] == ["lo", "en"]
    assert [counter["counter"] for counter in centre["counters"]] == [1, 2, 3, 4]
    assert {group["code"]: group["minutes"] for group in centre["priority_groups"]} == {"ELDER": 30, "MONK": 20}
    assert centre["hours"]["mon"] == ["00:00-24:00"]


def test_services_say_how_busy_they_are_and_what_follows(morning: Desk) -> None:
    found = shaped(morning.get("/centres/C/services"), shapes_of.SERVICES, schemas.Services)["services"]
    services = {service["code"]: service for service in found}
    assert list(services) == ["RES", "BIRTH", "MARRY", "INFO", "PAY"]  # OLD is not offered
    assert (services["RES"]["series"], services["RES"]["then"], services["MARRY"]["then"]) == ("A", ["PAY"], ["PAY"])
    assert {code: service["waiting"] for code, service in services.items()} == {
        "RES": 0,
        "BIRTH": 0,
        "MARRY": 1,
        "INFO": 1,
        "PAY": 0,
    }
    assert {service["open_counters"] for service in found} == {1}


def test_board_has_the_contract_s_shape(morning: Desk) -> None:
    board = shaped(morning.get("/centres/C/board"), shapes_of.BOARD, schemas.Board)
    assert board["centre"] == morning.code
    assert board["waiting"]["total"] == 2
    assert {code: n for code, n in board["waiting"]["by_service"].items() if n} == {"MARRY": 1, "INFO": 1}
    assert [counter["number"] for counter in board["counters"]] == [None, None, None, "B001"]


def test_ticket_has_the_contract_s_shape_in_every_state(desk: Desk) -> None:
    desk.open(4)
    made = desk.post("/centres/C/tickets", {"services": ["RES"], "priority": "MONK"}, by="kiosk")
    ticket = shaped(made, shapes_of.FULL_TICKET, schemas.Ticket, 201)
    assert (ticket["number"], ticket["state"], ticket["position"], ticket["counter"]) == ("A001", "waiting", 1, None)
    acts: list[tuple[str, dict[str, Any]]] = [("call", {"counter": 4}), ("recall", {}), ("serve", {}), ("hold", {})]
    for act, facts in [*acts, ("resume", {}), *acts[:1], ("no-show", {}), ("resume", {}), ("cancel", {})]:
        ticket = shaped(desk.act(ticket, act, **facts), shapes_of.FULL_TICKET, schemas.Ticket)
        shaped(desk.get(f"/tickets/{made.json['token']}"), shapes_of.FULL_TICKET, schemas.Ticket)
        assert (ticket["counter"] == 4) is (ticket["state"] in ("called", "serving"))
        assert (ticket["position"] == 1) is (ticket["state"] == "waiting")
    assert [step["state"] for step in ticket["services"]] == ["cancelled", "dropped"]


def test_counter_has_the_board_s_shape_and_its_services(desk: Desk) -> None:
    path = "/centres/C/counters/1"
    for act, state in (("open", "open"), ("pause", "paused"), ("open", "open"), ("close", "closed")):
        answer = desk.post(f"{path}/{act}", by="staff")
        counter = shaped(answer, {**shapes_of.COUNTER, "services": [str]}, schemas.CounterNow)
        assert (counter["counter"], counter["state"]) == (1, state)
    opened = desk.post(f"{path}/open", {"services": ["PAY", "INFO"]}, by="staff").json
    assert opened["services"] == ["INFO", "PAY"]
    desk.post(f"{path}/close", by="staff")
    assert desk.post(f"{path}/open", by="staff").json["services"] == ["BIRTH", "RES"]


def test_queue_has_the_contract_s_shape(morning: Desk) -> None:
    queue = shaped(morning.get("/centres/C/queue", by="staff"), shapes_of.QUEUE, schemas.Queue)
    assert [ticket["number"] for ticket in queue["tickets"]] == ["W001", "C001"]


@pytest.mark.parametrize("by", BY)
def test_statistics_have_the_contract_s_shape(morning: Desk, by: str) -> None:
    answer = morning.get(f"/centres/C/statistics?{DAY}&by={by}", by="manager")
    said = shaped(answer, shapes_of.STATISTICS, schemas.Statistics)
    assert (said["from"], said["to"], said["by"]) == ("2026-11-23", "2026-11-23", by)
    assert said["total"]["steps"] == sum(group["steps"] for group in said["groups"]) == 1
    keys = {"service": "RES", "hour": 8, "weekday": 1, "day": "2026-11-23", "counter": 4, "channel": "kiosk"}
    assert said["groups"][0]["key"] == {**keys, "priority": "ELDER"}[by]
    assert said["total"]["wait"]["mean"] == 5 * 60
    assert said["total"]["walk"]["mean"] == said["total"]["service"]["max"] == 3 * 60


def test_statistics_are_by_service_unless_asked_and_empty_where_nothing_was(desk: Desk) -> None:
    answer = desk.get(f"/centres/C/statistics?{DAY}", by="manager")
    said = shaped(answer, shapes_of.STATISTICS, schemas.Statistics)
    assert (said["by"], said["groups"], said["total"]["tickets"]) == ("service", [], 0)
    assert said["total"]["wait"] == {"count": 0, **dict.fromkeys(("mean", "median", "p80", "p90", "p95", "max"))}
    assert said["total"]["within_target"] is None


@pytest.mark.parametrize("period", ["from=0001-01-01&to=9999-12-31", "from=2026-11-23&to=2026-11-23"])
def test_period_may_be_a_day_or_all_time(morning: Desk, period: str) -> None:
    for by in BY:
        assert morning.get(f"/centres/C/statistics?{period}&by={by}", by="manager").json["total"]["served"] == 1
    export = morning.get(f"/centres/C/visits.csv?{period}", by="manager").text
    assert len(list(csv.reader(io.StringIO(export)))) == 2


def test_visits_are_exported_a_line_per_ended_step(morning: Desk) -> None:
    answer = morning.get(f"/centres/C/visits.csv?{DAY}", by="manager")
    assert (answer.status_code, answer.mimetype) == (200, "text/csv")
    assert answer.headers["Cache-Control"] == "no-store"
    lines = list(csv.DictReader(io.StringIO(answer.text)))
    columns = (
        "ticket,service,issued_at,called_at,started_at,finished_at,counter,outcome,channel,priority,appointment_at"
    )
    assert list(lines[0]) == columns.split(",")
    (line,) = lines
    assert [line[name] for name in ("ticket", "service", "counter", "outcome", "channel", "priority")] == [
        *("A001", "RES", "4", "finished"),
        *("kiosk", "ELDER"),
    ]
    assert line["issued_at"] == "2026-11-23T08:00:00.000000+07:00"
    assert line["finished_at"].startswith("2026-11-23T08:11:00")


@on_one_database
@pytest.mark.parametrize(
    ("zone", "offset"), [("Asia/Vientiane", "+07:00"), ("America/New_York", "-05:00"), ("Asia/Kathmandu", "+05:45")]
)
def test_instants_carry_the_centre_s_offset(app: Flask, store: Store, zone: str, offset: str) -> None:
    hall = a_hall(store, zone=zone)
    desk = Desk(app, hall.at("10:00"))
    ticket = desk.issue()
    desk.open(4)
    desk.call(4)
    for said in (desk.board()["at"], desk.board()["calls"][0]["called_at"], desk.show(ticket)["issued_at"]):
        assert said == f"2026-11-23T10:00:00{offset}"


@on_one_database
def test_answers_are_not_kept_by_browsers(desk: Desk) -> None:
    ticket = desk.issue()
    for path in ("/centres", f"/centres/{desk.code}", "/centres/C/services", f"/tickets/{ticket['token']}"):
        assert desk.get(path).headers["Cache-Control"] == "no-store"
    assert desk.get("/centres/C/board").headers["Cache-Control"] == "no-cache"  # asked again, with its tag


def test_numbers_count_up_by_series_and_have_three_digits(desk: Desk) -> None:
    numbers = [desk.issue(service)["number"] for service in ("RES", "RES", "BIRTH", "RES", "INFO")]
    assert numbers == ["A001", "A002", "B001", "A003", "W001"]


def test_several_services_are_one_visit_and_payment_comes_last(desk: Desk) -> None:
    ticket = desk.issue("PAY", "MARRY", "INFO", "RES")
    assert [step["code"] for step in ticket["services"]] == ["MARRY", "INFO", "RES", "PAY"]
    assert [step["state"] for step in ticket["services"]] == ["waiting", "planned", "planned", "planned"]
    assert ticket["number"] == "C001"
    assert desk.board()["waiting"]["total"] == 1


@on_one_database
def test_names_are_in_the_ticket_s_language(desk: Desk) -> None:
    assert desk.issue(language="en")["services"][0]["name"] == "Birth"


@pytest.mark.parametrize("path", ["/centres", "/centres/C/services", "/centres/C/board", "/centres/C/queue"])
def test_reading_takes_as_many_statements_however_many_there_are(desk: Desk, store: Store, path: str) -> None:
    def statements() -> int:
        said: list[str] = []

        def listen(_conn: Any, _cursor: Any, statement: str, *_: Any) -> None:
            said.append(statement)

        event.listen(store.engine, "before_cursor_execute", listen)
        assert desk.get(path, by="staff").status_code == 200
        event.remove(store.engine, "before_cursor_execute", listen)
        return len(said)

    desk.open(4)
    desk.issue()
    desk.get("/centres")  # settings are read once
    store.callers.forget()
    few = statements()
    for n in range(12):
        desk.issue("BIRTH" if n % 2 else "INFO")
        desk.call(4, finish=True)
        a_hall(store)
    desk.get("/centres")
    store.callers.forget()
    assert statements() == few <= 10
