"""The office's figures: this moment on the floor, and the waits of a period."""

import csv
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask

from commands.calls import call_next, finish, no_show, serve
from commands.moves import hold, leave
from office.period import Period, asked_period, quick_choices
from queueing.visit import Visit
from tests.cast import MONDAY, Hall, a_hall
from tests.pages.reader import Reader

Readers = Callable[..., Reader]
COLUMNS = ("visits", "served", "missed", "left", "expired", "mean", "median", "p90", "within", "against")


def table(page: str, part: str = "tbody") -> dict[str, dict[str, str]]:
    """The rows of the table of statistics, by their names."""
    inside = page.partition('data-show="statistics"')[2].partition(f"<{part}>")[2].partition(f"</{part}>")[0]
    rows = {}
    for row in re.findall(r"<tr>(.*?)</tr>", inside, re.S):
        name, *cells = (
            re.sub(r"\s+", " ", re.sub(r"<[^>]*>", "", cell)).strip() for cell in re.split(r"</t[hd]>", row)
        )
        rows[name] = dict(zip(COLUMNS, cells, strict=False))
    return rows


def a_visit(hall: Hall, service: str = "BIRTH", *, waits: float = 12, counter: int = 2) -> Visit:
    """Somebody comes, waits, and is served for five minutes."""
    ticket = hall.ticket(service)
    hall.later(waits).press(call_next, counter)
    hall.press(serve, ticket.id)
    hall.later(5).press(finish, ticket.id)
    return ticket


def test_the_waits_of_a_period_stand_in_a_table(reader: Readers, hall: Hall) -> None:
    hall.opens(2)
    a_visit(hall, waits=12)
    a_visit(hall, waits=20)
    hall.press(leave, hall.ticket("INFO").id)
    missed = hall.ticket("BIRTH")
    hall.press(call_next, 2)
    hall.press(no_show, missed.id)
    page = reader("manager").get(f"/office/{hall.code}/waits").text
    rows = table(page)
    assert list(rows) == ["Birth", "Info"]
    assert rows["Birth"] == {
        "visits": "3",
        "served": "2",
        "missed": "1",
        "left": "0",
        "expired": "0",
        "mean": "16.0",
        "median": "16.0",
        "p90": "19.2",
        "within": "50 %",
        "against": "–",
    }
    assert rows["Info"]["left"] == "1"
    assert rows["Info"]["median"] == "–", "nobody was called"
    assert table(page, "tfoot")["All"]["visits"] == "4"
    assert re.findall(r'data-key="median" data-value="([^"]*)"', page) == ["16.0", "", "16.0"], "what the chart reads"


def test_waits_are_grouped_as_the_address_says(reader: Readers, hall: Hall) -> None:
    hall.opens(2)
    a_visit(hall)
    noy = reader("manager")
    for by, name in (("hour", "08:00"), ("weekday", "Monday"), ("day", "Mon 23 Nov"), ("counter", "Counter 2")):
        assert list(table(noy.get(f"/office/{hall.code}/waits?by={by}").text)) == [name]
    assert list(table(noy.get(f"/office/{hall.code}/waits?by=channel").text)) == ["Kiosk"]
    assert noy.get(f"/office/{hall.code}/waits?by=colour").status_code == 422


def test_a_period_is_compared_with_the_one_before(reader: Readers, hall: Hall) -> None:
    hall.at("8:00", MONDAY - timedelta(days=7)).opens(2)
    a_visit(hall, waits=10)
    hall.at("8:00")
    a_visit(hall, waits=12)
    page = reader("manager").get(f"/office/{hall.code}/waits")
    assert table(page.text)["Birth"]["against"] == "▲ 2.0 more"
    assert "change--bad" in page.text


def test_a_period_without_visits_says_so(reader: Readers, hall: Hall) -> None:
    noy = reader("manager")
    page = noy.get(f"/office/{hall.code}/waits?from=2020-01-01&to=2020-01-02")
    assert 'data-show="empty"' in page.text
    assert not noy.has("csv")


def test_quick_choices_say_which_one_is_shown(reader: Readers, hall: Hall) -> None:
    page = reader("manager").get(f"/office/{hall.code}/waits?from=2026-11-01&to=2026-11-23").text
    assert re.findall(r'data-act="period:([\w-]+)" aria-current', page) == ["month"]


def test_the_file_behind_the_figures_opens_with_the_session(reader: Readers, hall: Hall) -> None:
    hall.opens(2)
    ticket = a_visit(hall)
    answer = reader("manager").get(f"/office/{hall.code}/visits.csv?from=2026-11-23&to=2026-11-23")
    assert answer.mimetype == "text/csv"
    assert f"visits-{hall.code}-2026-11-23-2026-11-23.csv" in answer.headers["Content-Disposition"]
    assert [line["ticket"] for line in csv.DictReader(answer.text.splitlines())] == [ticket.number]


@pytest.mark.parametrize(
    ("first", "last", "before"),
    [
        ((2026, 11, 23), (2026, 11, 23), ((2026, 11, 22), (2026, 11, 22))),
        ((2026, 11, 17), (2026, 11, 23), ((2026, 11, 10), (2026, 11, 16))),
        ((2026, 11, 1), (2026, 11, 23), ((2026, 10, 1), (2026, 10, 23))),
        ((2026, 10, 1), (2026, 10, 31), ((2026, 9, 1), (2026, 9, 30))),
        ((2026, 3, 1), (2026, 3, 30), ((2026, 2, 1), (2026, 2, 28))),
        ((2026, 9, 1), (2026, 11, 23), ((2026, 6, 9), (2026, 8, 31))),
    ],
)
def test_what_a_period_is_compared_with(
    first: tuple[int, int, int], last: tuple[int, int, int], before: tuple[tuple[int, int, int], ...]
) -> None:
    assert Period(date(*first), date(*last)).before == Period(*(date(*day) for day in before))


def test_quick_choices_are_whole() -> None:
    choices = quick_choices(date(2026, 1, 5))
    assert choices["last-month"] == Period(date(2025, 12, 1), date(2025, 12, 31))
    assert choices["week"] == Period(date(2025, 12, 30), date(2026, 1, 5)) == asked_period({}, date(2026, 1, 5))
    assert asked_period({"to": "2020-01-01"}, date(2026, 1, 5)) == Period(date(2020, 1, 1), date(2020, 1, 1))


def test_today_shows_who_waits_and_who_serves(reader: Readers, hall: Hall) -> None:
    hall.opens(2)
    served = a_visit(hall, "INFO", waits=1)
    first, second = hall.ticket("BIRTH"), hall.ticket("RES")
    called = hall.later(20).press(call_next, 2)
    assert served.id != first.id == (called and called.id)
    aside = hall.ticket("INFO")
    hall.press(hold, aside.id)
    noy = reader("manager")
    page = noy.get("/office/").text
    assert noy.show("waiting") == "1"
    assert noy.show("longest") == "20 min"
    assert f"longest wait now: {second.number}" in page
    assert "over the target: 1" in page
    assert noy.show("served") == "1"
    assert 'data-counter="2" data-state="called"' in page
    assert 'data-counter="1" data-state="closed"' in page
    assert f'data-number="{aside.number}"' in page
    chosen = page.partition('data-counter="2"')[2].partition("</tr>")[0]
    assert first.number in chosen
    assert "08:26" in chosen


def test_time_on_hold_is_no_wait(reader: Readers, hall: Hall) -> None:
    from commands.moves import resume

    ticket = hall.ticket("INFO")
    hall.later(3).press(hold, ticket.id)
    hall.later(30).press(resume, ticket.id)
    noy = reader("manager")
    noy.get("/office/")
    assert noy.show("longest") == "3 min"


def test_an_admin_chooses_a_centre_and_stays_in_it(reader: Readers, hall: Hall) -> None:
    a_hall(hall.store)
    admin = reader("admin")
    assert f'data-act="centre:{hall.code}"' in admin.get("/office/").text
    page = admin.get(f"/office/?centre={hall.code}").text
    assert f'href="/office/?centre={hall.code}"' in page
    assert f'href="/office/{hall.code}/waits"' in page


def test_definitions_are_in_words(reader: Readers, hall: Hall) -> None:
    page = reader("manager").get(f"/office/{hall.code}/definitions").text
    assert "Half of the people waited at most this long." in page


@pytest.mark.parametrize(("days", "state"), [(None, "none"), (0, "good"), (3, "old")])
def test_the_backup_page_says_how_old_the_last_one_is(
    app: Flask,
    reader: Readers,
    hall: Hall,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    *,
    days: int | None,
    state: str,
) -> None:
    import os

    if days is not None:
        (tmp_path / "onedoor-2026-11-20.db").touch()
        made = (datetime.now(UTC) - timedelta(days=days)).timestamp()
        os.utime(tmp_path / "onedoor-2026-11-20.db", (made, made))
        monkeypatch.setitem(app.extensions, "onedoor", replace(app.extensions["onedoor"], backup_dir=tmp_path))
    noy = reader("manager")
    assert f'data-show="backup" data-value="{state}"' in noy.get(f"/office/{hall.code}/backup").text
    assert ('data-show="backup"' in noy.get("/office/").text) is (state != "good")
