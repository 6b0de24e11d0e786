"""Requests that make no sense, each with the status and the slug of its refusal. A row is a fact about the contract."""

import dataclasses
import json
from typing import Any

TICKETS = "/centres/C/tickets"
OPEN = "/centres/C/counters/1/open"
NEXT = "/centres/C/counters/1/next"
QUICK = "/centres/C/counters/4/quick-serve"
APPOINTMENTS = "/centres/C/appointments"
BOOKED = {"services": ["BIRTH"], "start": "2026-11-23T09:00:00+07:00"}
STATISTICS = "/centres/C/statistics"
VISITS = "/centres/C/visits.csv"
# What each POST of the API takes when it is right; T is the id of a ticket, K its token.
POSTS: dict[str, dict[str, Any]] = {
    TICKETS: {"services": ["BIRTH"]},
    OPEN: {"services": ["INFO"]},
    "/centres/C/counters/4/pause": {},
    "/centres/C/counters/4/close": {},
    NEXT: {"finish": True},
    "/tickets/T/call": {"counter": 4},
    "/tickets/T/recall": {},
    "/tickets/T/serve": {},
    "/tickets/T/finish": {},
    "/tickets/T/no-show": {},
    "/tickets/T/hold": {"reason": "copies"},
    "/tickets/T/resume": {},
    "/tickets/T/transfer": {"service": "INFO"},
    "/tickets/T/cancel": {"reason": "twice"},
    "/tickets/T/services": {"add": ["INFO"]},
    "/tickets/T/priority": {"priority": "ELDER"},
    "/tickets/T/details": {"phone": "020 5551234", "documents": ["form"]},
    "/centres/C/counters/4/undo": {},
    QUICK: {"services": ["INFO"]},
    APPOINTMENTS: BOOKED,
    "/tickets/K/here": {},
    "/tickets/T/here": {},
    "/tickets/K/cancel": {},
    "/tickets/K/pass": {},
    "/tickets/T/pass": {},
}


@dataclasses.dataclass(frozen=True)
class Bad:
    """One bad request: a body (or raw bytes), by whom, and what is answered."""

    method: str
    path: str
    body: Any = None
    status: int = 422
    slug: str = "invalid"
    field: str | None = None
    by: str = "admin"
    raw: bytes | None = None
    mimetype: str = "application/json"
    headers: dict[str, str] = dataclasses.field(default_factory=dict)

    def __str__(self) -> str:
        said = repr(self.body if self.raw is None else self.raw)[:50]
        return ascii(f"{self.status} {self.method} {self.path} {said} {' '.join(self.headers.values())[:20]}")


def post(path: str, body: Any, field: str | None = None, **options: Any) -> Bad:
    return Bad("POST", path, body, field=field, **options)


def raw(path: str, said: bytes, status: int = 400, slug: str = "malformed-json", **options: Any) -> Bad:
    return Bad("POST", path, None, status, slug, raw=said, **options)


def get(path: str, status: int = 422, slug: str = "invalid", **options: Any) -> Bad:
    return Bad("GET", path, None, status, slug, **options)


def each(path: str, name: str, *values: Any, **right: Any) -> list[Bad]:
    """One bad request for each value of one field, all else being right."""
    return [post(path, {**right, name: value}, name) for value in values]


def asked(**facts: Any) -> dict[str, Any]:
    return {"services": ["BIRTH"], **facts}


NOT_JSON = [
    *[raw(path, b'{"services": ["BIRTH"') for path in POSTS],
    raw(TICKETS, b"services=BIRTH"),
    raw(TICKETS, b"{'services': ['BIRTH']}"),
    raw(TICKETS, b'{"services": ["BIRTH"],}'),
    raw(TICKETS, b'{"services": ["BIRTH"]} {}'),
    raw(TICKETS, b'{"services": ["BIRTH"], "name": "\xff\xfe"}'),
    raw(TICKETS, b'{"services": ["BIRTH"], "name": "a\nb"}'),
    raw(TICKETS, b"   "),
    raw(NEXT, b'{"finish": NaN}'),
    raw(NEXT, b'{"finish": Infinity}'),
    raw("/tickets/T/call", b'{"counter": -Infinity}'),
    raw("/tickets/T/call", b'{"counter": 0x4}'),
    raw("/tickets/T/call", b'{"counter": 1e999}', 422, "invalid"),
    raw("/tickets/T/call", b'{"counter": ' + b"9" * 5000 + b"}"),
    raw(TICKETS, b"[" * 20_000),
    raw(TICKETS, b'{"services":' * 5_000),
]
WRONG_KIND = [
    raw(TICKETS, b"services=BIRTH", 415, "not-json", mimetype="application/x-www-form-urlencoded"),
    raw(TICKETS, b'{"services": ["BIRTH"]}', 415, "not-json", mimetype="text/plain"),
    raw(NEXT, b"<next/>", 415, "not-json", mimetype="application/xml"),
    raw(OPEN, b"--x\r\n\r\n--x--", 415, "not-json", mimetype="multipart/form-data; boundary=x"),
    raw("/tickets/T/hold", b"{}", 415, "not-json", mimetype=""),
    raw(TICKETS, b'{"name": "' + b"a" * 70_000 + b'"}', 413, "too-large"),
    raw("/tickets/T/hold", b" " * 2_000_000, 413, "too-large"),
    raw(TICKETS, b"a" * 1_100_000, 413, "too-large", mimetype="text/plain"),
]
NO_OBJECT = [
    *[post(path, ["BIRTH"]) for path in POSTS],
    *[post(TICKETS, said) for said in json.loads('["BIRTH", 1, 1.5, true, [], [[]], [{"services": ["BIRTH"]}]]')],
    raw(TICKETS, b"null", 422, "invalid"),
    raw(NEXT, b"0", 422, "invalid"),
]
UNKNOWN_FIELDS = [
    *[post(path, {**right, "serivce": "BIRTH"}, "serivce") for path, right in POSTS.items()],
    post(TICKETS, asked(Services=["BIRTH"]), "Services"),
    post(TICKETS, asked(token="x"), "token"),
    raw(TICKETS, b'{"services": ["BIRTH"], "\\ud800": 1}', 422, "invalid"),
    raw(TICKETS, b'{"services": ["BIRTH"], "\\u0000": 1}', 422, "invalid"),
]
WRONG_TYPES = [
    post(TICKETS, {}, "services"),
    *each(TICKETS, "services", None, "BIRTH", 1, {"0": "BIRTH"}, {}),
    *[post(TICKETS, {"services": [said]}, "services.0") for said in json.loads('[null, 1, true, ["BIRTH"], {"a": 1}]')],
    *each(TICKETS, "priority", 1, True, ["x"], {"x": "y"}, services=["BIRTH"]),
    *each(TICKETS, "language", 1, True, ["x"], {"x": "y"}, services=["BIRTH"]),
    *each(TICKETS, "channel", 1, True, ["x"], {"x": "y"}, services=["BIRTH"]),
    *each(TICKETS, "name", 1, True, ["x"], {"x": "y"}, services=["BIRTH"]),
    *each(TICKETS, "phone", 1, True, ["x"], {"x": "y"}, services=["BIRTH"]),
    *each(NEXT, "finish", 1, 0, "true", "1", None, [], {}),
    *each("/tickets/T/call", "counter", "4", 4.0, 4.5, True, None, [4], "", 1e300),
    post("/tickets/T/call", {}, "counter"),
    *each("/tickets/T/hold", "reason", 1, ["copies"], False),
    *each("/tickets/T/transfer", "service", 1, ["INFO"], {}),
    *each("/tickets/T/transfer", "counter", "3", True, 3.0),
    *each("/tickets/T/services", "add", "INFO", None, {"INFO": 1}, 1),
    *[post("/tickets/T/services", {"drop": [said]}, "drop.0") for said in json.loads('[1, null, ["PAY"]]')],
    *each(OPEN, "services", "BIRTH", 1, {"BIRTH": 1}),
    *each("/centres/C/counters/4/pause", "reason", 1, ["meal"], True),
    *each("/tickets/T/call", "reason", 1, ["old"], counter=4),
    *each("/tickets/T/hold", "missing", "form", 1, None, {"form": 1}),
    post("/tickets/T/hold", {"missing": [1]}, "missing.0"),
    *each("/tickets/T/finish", "ready_on", 20261203, 1.5, True, ["2026-12-03"], 1_764_720_000),
    post("/tickets/T/priority", {}, "priority"),
    *each("/tickets/T/priority", "priority", 1, True, ["ELDER"], {}),
    *each("/tickets/T/details", "name", 1, ["Noy"], True),
    *each("/tickets/T/details", "phone", 205551234, {}),
    *each("/tickets/T/details", "reference", 1, []),
    *each("/tickets/T/details", "documents", "form", 1, {"form": True}),
    post(QUICK, {}, "services"),
    *each(QUICK, "services", None, "INFO", {}),
    post(QUICK, {"services": ["INFO"], "channel": "staff"}, "channel"),
    post(APPOINTMENTS, {"services": ["BIRTH"]}, "start"),
    *each(APPOINTMENTS, "start", 1, None, True, ["2026-11-23T09:00:00+07:00"], 1_764_720_000, services=["BIRTH"]),
    *each(APPOINTMENTS, "hold", 1, "yes", None, **BOOKED),
    *each(APPOINTMENTS, "email", 1, True, ["b@example.com"], **BOOKED),
]
BAD_VALUES = [
    post(TICKETS, {"services": []}, "services"),
    post(TICKETS, {"services": ["BIRTH", "BIRTH"]}, "services"),
    post(TICKETS, {"services": ["BIRTH", "INFO", "BIRTH"]}, "services"),
    *[
        post(TICKETS, {"services": [said]})
        for said in ("NONE", "birth", " BIRTH", "", "B" * 17, "ເກີດ", "'; --", "../x")
    ],
    post(TICKETS, {"services": ["BIRTH"] * 101}, "services"),
    *each(TICKETS, "priority", "VIP", "", "elder", "BRIDE", "E" * 5000, services=["BIRTH"]),
    *each(TICKETS, "language", "fr", "", "LO", "en-GB", "x" * 5000, services=["BIRTH"]),
    *each(TICKETS, "channel", "sms", "", "Kiosk", "booking", services=["BIRTH"]),
    *each(TICKETS, "phone", "call me", "020 555 x", "", "+", "- -", "٠٢٠", "໐໒໐", services=["BIRTH"]),
    *each(TICKETS, "phone", "0" * 41, "020;drop", "020\n555", services=["BIRTH"]),
    post(TICKETS, asked(name="ສ" * 201), "name"),
    *[post(TICKETS, asked(**{name: "a\0b"}), name) for name in ("name", "phone", "priority", "language", "channel")],
    *[raw(TICKETS, b'{"services": ["BIRTH"], "name": "%s"}' % s, 422, "invalid") for s in (b"\\ud800", b"a\\udfffb")],
    raw(TICKETS, b'{"services": ["\\ud83d"]}', 422, "invalid"),
    post(TICKETS, {"services": ["BIR\0TH"]}, "services"),
    *each("/tickets/T/call", "counter", -1, 10_000, 2**31, 2**63, 2**64, 10**400),
    *each("/tickets/T/transfer", "counter", -1, 9, 77, 2**63, 10**30),
    *each("/tickets/T/transfer", "service", "NONE", "", "I\0NFO", "x" * 17),
    post("/tickets/T/transfer", {}),
    post("/tickets/T/transfer", {"note": "no idea where"}),
    post("/tickets/T/transfer", {"service": "INFO", "note": "x" * 501}, "note"),
    post("/tickets/T/hold", {"reason": "x" * 501}, "reason"),
    post("/tickets/T/hold", {"reason": "x\0y"}, "reason"),
    post("/tickets/T/cancel", {"reason": "x" * 501}, "reason"),
    post("/tickets/T/services", {}),
    post("/tickets/T/services", {"add": ["NONE"]}, "add"),
    post("/tickets/T/services", {"drop": ["NONE"]}, "drop"),
    post("/tickets/T/services", {"add": ["INFO", "INFO"]}, "add"),
    *each(OPEN, "services", [], ["NONE"], ["BIRTH", "BIRTH"]),
    *each("/centres/C/counters/4/pause", "reason", "", "lunch", "Meal", "x" * 501, "me\0al"),
    post("/tickets/T/call", {"counter": 4, "reason": "x" * 501}, "reason"),
    *each("/tickets/T/hold", "missing", ["passport"], ["form", "photo"], [""], ["f\0orm"], ["form"] * 101),
    *each(
        "/tickets/T/finish", "ready_on", "", "tomorrow", "2026-12-3", "2026-02-30", "2026-12-03T08:00:00", "໒໐໒໖-໑໒-໐໓"
    ),
    *each("/tickets/T/priority", "priority", "", "VIP", "elder", "BRIDE", "E\0"),
    *each("/tickets/T/details", "name", "ສ" * 201, "a\0b"),
    *each("/tickets/T/details", "phone", "call me", "+", "0" * 41),
    *each("/tickets/T/details", "reference", "x" * 41, "a\0b"),
    *each("/tickets/T/details", "documents", ["passport"], ["form"] * 101),
    *each(QUICK, "services", [], ["NONE"], ["INFO", "INFO"]),
    *each(QUICK, "priority", "VIP", "BRIDE", services=["INFO"]),
    *each(QUICK, "phone", "call me", services=["INFO"]),
    *each(APPOINTMENTS, "start", "", "09:00", "2026-11-23", "2026-11-23T09:00:00", "2026-02-30T09:00:00Z", **BOOKED),
    *each(APPOINTMENTS, "start", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "໒໐໒໖-໑໑-໒໓T09:00:00Z", **BOOKED),
    *each(APPOINTMENTS, "email", "", "b", "b@", "b@example", "a b@example.com", "b@" + "x" * 260 + ".la", **BOOKED),
    *each(APPOINTMENTS, "phone", "call me", **BOOKED),
    *each(APPOINTMENTS, "services", [], ["NONE"], ["BIRTH", "BIRTH"], **BOOKED),
    *each(APPOINTMENTS, "priority", "VIP", "BRIDE", **BOOKED),
    get("/centres/C/slots", field="service"),
    get("/centres/C/slots?service=NONE", field="service"),
    get("/centres/C/slots?service=BIRTH&from=today", field="from"),
    get("/centres/C/slots?service=BIRTH&from=2026-11-24&to=2026-11-23", field="to"),
]
NOT_THERE = [
    *[get(path, 404, "not-found") for path in ("", "/", "/centre", "/centres/", "/centres/C/", "/centres/C/nothing")],
    *[
        get(f"/centres/{code}/board", 404, "not-found")
        for code in ("NONE", "say", "%00", "a%2Fb", "..", "x" * 17, "%20")
    ],
    get("/centres/ໄຊ/services", 404, "not-found"),
    *[
        Bad("POST", f"/centres/C/counters/{n}/next", {}, 404, "not-found")
        for n in (77, 9, 0, 10_000, -1, "x", 1.5, 10**30)
    ],
    Bad("POST", "/centres/NONE/tickets", asked(), 404, "not-found"),
    Bad("POST", "/centres/NONE/tickets", asked(), 404, "not-found", by="none"),
    Bad("POST", "/centres/NONE/counters/1/next", {}, 404, "not-found"),
    *[get(f"/tickets/{ticket}", 404, "not-found") for ticket in ("1", "0", "x", str(2**63), "9" * 64, "%00", "໑໒໓")],
    *[Bad("POST", f"/tickets/{t}/serve", {}, 404, "not-found") for t in ("1", "x" * 65, str(2**63 - 1), str(10**18))],
    get("/tickets/T", 404, "not-found", by="none"),
    get("/tickets/%FF%FE", 404, "not-found", by="none"),
    Bad("POST", "/tickets/T/cancel", {}, 404, "not-found", by="none"),
    Bad("POST", "/tickets/K/serve", {}, 404, "not-found", by="staff"),
    Bad("POST", "/tickets/T/explode", {}, 404, "not-found"),
    get("/centres/NONE/statistics?from=2026-11-01&to=2026-11-30", 404, "not-found"),
]
WRONG_METHOD = [
    Bad(method, path, None, 405, "method-not-allowed")
    for method, path in (
        ("POST", "/centres/C/board"),
        ("DELETE", "/centres/C/board"),
        ("GET", "/centres/C/tickets"),
        ("PUT", "/centres/C/tickets"),
        ("GET", "/centres/C/counters/1/next"),
        ("PATCH", "/tickets/T"),
        ("DELETE", "/tickets/T"),
        ("GET", "/tickets/T/serve"),
        ("POST", "/openapi.json"),
        ("POST", "/centres"),
    )
]
DATES = [
    get(f"{path}?{query}")
    for path in (STATISTICS, VISITS)
    for query in (
        "",
        "from=2026-11-01",
        "to=2026-11-30",
        "from=2026-11-30&to=2026-11-01",
        "from=2026-11-31&to=2026-12-01",
        "from=yesterday&to=2026-11-30",
        "from=&to=",
        "from=01.11.2026&to=30.11.2026",
        "from=2026-11-01T00:00:00&to=2026-11-30",
        "from=0&to=2026-11-30",
        "from=86400&to=2026-11-30",
        "from=20261101&to=20261130",
        "from=2026-W45-1&to=2026-11-30",
        "from=2026-11-01&to=2026-11-30&centre=SAY",
        "from=%00&to=2026-11-30",
        "from=0000-01-01&to=2026-11-30",
        "from=2026-11-01&to=10000-01-01",
    )
] + [
    get(f"{STATISTICS}?from=2026-11-01&to=2026-11-30&by={by}") for by in ("month", "", "Service", "service,hour", "%00")
]
KEYS = [
    Bad("POST", TICKETS, asked(), headers={"Idempotency-Key": key}, field="Idempotency-Key")
    for key in ("", '""', " ", "k" * 256, '"' + "k" * 256 + '"', "a\tb", "\x7f")
]
NOBODY = [
    get("/centres/C/queue", 401, "unauthorized", by="none", headers={"Authorization": said})
    for said in (
        "Bearer",
        "Bearer ",
        "Bearer x",
        "Basic a2VvOmtlbw==",
        "x",
        "Bearer \xff",
        "Bearer a b",
        "bearer " + "x" * 5000,
    )
] + [
    # A token that is not good is refused even where none is needed: whoever sent it believes to be somebody.
    get("/centres/C/board", 401, "unauthorized", by="none", headers={"Authorization": "Bearer expired"}),
    Bad("POST", TICKETS, asked(), 401, "unauthorized", by="none", headers={"Authorization": "Bearer expired"}),
    Bad("POST", TICKETS, asked(channel="kiosk"), by="none", field="channel"),
    Bad("POST", TICKETS, asked(channel="staff"), by="display", field="channel"),
]
# Refused before a database is asked, and after.
BEFORE = [*NOT_JSON, *WRONG_KIND, *NO_OBJECT, *UNKNOWN_FIELDS, *WRONG_TYPES, *WRONG_METHOD, *DATES]
AFTER = [*BAD_VALUES, *NOT_THERE, *KEYS, *NOBODY]
