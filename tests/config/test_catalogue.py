"""What a catalogue becomes when it is right."""

import os
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError

from config.catalogue import demonstration, load_catalogue
from tests.config.files import SMALL, Write, edited, load, problems
from tests.processes import ROOT

OURS = ROOT / "config" / "centres" / "odsc.toml"
REAL_LOG_CENTRE = Path(os.environ.get("REAL_LOG_CENTRE", ROOT.parent / "shared" / "data" / "real_log_centre.toml"))


def test_our_catalogue_has_two_centres_of_eight_counters_and_24_services() -> None:
    catalogue = load_catalogue(OURS)
    assert [(centre.code, len(centre.counters)) for centre in catalogue.centres] == [("SAY", 8), ("LPB", 8)]
    assert len(catalogue.services) == 24
    assert [centre.remote_tickets for centre in catalogue.centres] == [True, False]
    assert catalogue.centres[0].last_ticket_before_close_minutes == 15


def test_catalogue_of_the_real_log_loads() -> None:
    if not REAL_LOG_CENTRE.exists():
        pytest.skip("the real log's centre is not on this machine (REAL_LOG_CENTRE)")
    catalogue = load_catalogue(REAL_LOG_CENTRE)
    assert [(centre.code, len(centre.counters)) for centre in catalogue.centres] == [("BANK", 37)]
    assert [group.weight_minutes for group in catalogue.priorities] == [1.5]


def test_texts_are_gathered_by_language(write: Write) -> None:
    catalogue = load(write)
    residence, say = catalogue.services[0], catalogue.centres[0]
    assert residence.names == {"lo": "ທີ່ຢູ່", "en": "Residence"}
    assert residence.note == {"lo": "ໝາຍເຫດ", "en": "A note"}
    assert (say.short["en"], say.province["en"]) == ("Say", "Vientiane")
    assert catalogue.groups == {"civil": {"lo": "ພົນລະເມືອງ", "en": "Civil"}}
    assert catalogue.documents["form"].names["en"] == "Application form"
    assert [(holiday.date, holiday.names["en"]) for holiday in catalogue.holidays] == [
        (date(2026, 12, 2), "National Day")
    ]
    assert say.lunch is not None
    assert say.lunch.names["en"] == "Lunch"
    assert say.counters[1].names["en"] == "Cash"


def test_locales_decide_which_language_keys_there_are(write: Write) -> None:
    wider = edited('locales = ["lo", "en"]', 'locales = ["lo", "en", "vi", "zh-Hant"]')
    wider = edited('en = "Residence"', 'en = "Residence"\nvi = "Cư trú"\nzh-Hant = "居住"', text=wider)
    assert load(write, wider).services[0].names["vi"] == "Cư trú"
    assert load(write, wider).services[0].names["zh-Hant"] == "居住"


def test_only_the_default_language_must_be_there(write: Write) -> None:
    assert load(write, edited('en = "Residence"\n', "")).services[0].names == {"lo": "ທີ່ຢູ່"}


def test_centre_takes_from_defaults_what_it_does_not_say(write: Write) -> None:
    say, lpb = load(write).centres
    assert (say.recall_times, lpb.recall_times) == (1, 4)
    assert (say.no_show_grace_minutes, lpb.no_show_grace_minutes) == (7.5, 7.5)
    assert (say.timezone, lpb.timezone) == (ZoneInfo("Asia/Vientiane"), ZoneInfo("Europe/Berlin"))
    assert say.fee == {"lo": "ລາຄາ", "en": "The fee"}


def test_centre_may_say_what_is_built_in_against_the_defaults(write: Write) -> None:
    catalogue = load(write, edited("recall_times = 1", "recall_times = 2"))  # 2 is built in, 4 in [defaults]
    assert catalogue.centres[0].recall_times == 2


def test_rules_that_nobody_says_are_built_in(write: Write) -> None:
    text = edited("recall_times = 4\nno_show_grace_minutes = 7.5\n", "", text=edited("recall_times = 1\n", ""))
    assert load(write, text).centres[0].rules == {
        "ticket_digits": 3,
        "target_percent": 80,
        "near_turn_ahead": 3,
        "recall_times": 2,
        "recall_cooldown_seconds": 0,
        "no_show_grace_minutes": 10,
        "max_credit_minutes": 60,
        "appointment_slot_minutes": 30,
        "appointment_max_days_ahead": 14,
        "appointment_early_minutes": 30,
        "appointment_late_minutes": 15,
        "appointment_credit_minutes": 60,
        "appointment_share_percent": 50,
        "last_ticket_before_close_minutes": 0,
        "retention_days_personal": 30,
        "remote_tickets": False,
        "remote_share_percent": 50,
        "remote_tickets_a_day": None,
    }


@pytest.mark.parametrize(
    "line",
    [
        "recall_times = 9",
        "recall_cooldown_seconds = 9",
        "no_show_grace_minutes = 9",
        "max_credit_minutes = 9",
        "last_ticket_before_close_minutes = 9",
        "near_turn_ahead = 9",
        "ticket_digits = 9",
        "appointment_slot_minutes = 9",
        "appointment_max_days_ahead = 9",
        "appointment_early_minutes = 9",
        "appointment_late_minutes = 9",
        "appointment_credit_minutes = 9",
        "appointment_share_percent = 9",
        "retention_days_personal = 9",
        "target_percent = 9",
        "remote_tickets = true",
    ],
)
def test_every_rule_may_stand_in_defaults_and_in_a_centre(write: Write, line: str) -> None:
    key, value = line.split(" = ")
    wanted = True if value == "true" else 9
    bare = edited("recall_times = 4\nno_show_grace_minutes = 7.5\n", "", text=edited("recall_times = 1\n", ""))
    for_all = load(write, edited("[defaults]", f"[defaults]\n{line}", text=bare))
    assert [centre.rules[key] for centre in for_all.centres] == [wanted, wanted]
    for_one = load(write, edited('code = "LPB"', f'code = "LPB"\n{line}', text=bare))
    assert for_one.centres[1].rules[key] == wanted
    assert for_one.centres[0].rules[key] != wanted


def test_hours_are_minutes_since_midnight_monday_first(write: Write) -> None:
    days = load(write).centres[0].hours.days
    assert days == (((480, 720), (780, 960)), ((0, 1440),), (), (), (), (), ())


def test_hours_may_follow_each_other_without_a_break(write: Write) -> None:
    text = edited('tue = ["00:00-24:00"]', 'tue = ["08:00-12:00", "12:00-16:00"]')
    assert load(write, text).centres[0].hours.tue == ((480, 720), (720, 960))


def test_lunch_is_minutes_since_midnight_or_not_there(write: Write) -> None:
    say, lpb = load(write).centres
    assert say.lunch is not None
    assert (say.lunch.start, say.lunch.end, say.lunch.tickets_open) == (720, 780, 765)
    assert lpb.lunch is None


def test_centre_gives_the_groups_it_lists_else_those_enabled(write: Write) -> None:
    say, lpb = load(write).centres
    assert (say.priorities, lpb.priorities) == (("ELDER",), ("REMOTE",))


def test_what_a_service_does_not_say_has_a_plain_value(write: Write) -> None:
    pay = load(write).services[1]
    assert (pay.documents, pay.then, pay.appointment, pay.slot_capacity) == ((), (), False, 0)
    assert (pay.group, pay.note, pay.processing_days, pay.enabled, pay.review) == (None, {}, None, True, False)
    assert (pay.daily_limit, load(write, edited("slot_capacity = 2", "daily_limit = 40")).services[0].daily_limit) == (
        None,
        40,
    )
    assert (load(write).services[0].expected_minutes, pay.expected_minutes) == (8.5, 5)


def test_services_keep_the_order_of_the_file(write: Write) -> None:
    turned = edited('services = ["RES", "PAY"]', 'services = ["PAY", "RES"]')
    assert load(write, turned).centres[0].services == ("PAY", "RES")


def test_series_may_be_shared_by_services_of_different_centres(write: Write) -> None:
    other = '[[services]]\ncode = "X"\nseries = "A"\nlo = "x"\ntarget_minutes = 1\nexpected_minutes = 1\n\n[groups]'
    text = edited("[groups]", other)
    text = edited('services = ["PAY"]\npriorities', 'services = ["PAY", "X"]\npriorities', text=text)
    assert len(load(write, text).services) == 3


def test_loaded_values_cannot_be_changed(write: Write) -> None:
    catalogue = load(write)
    with pytest.raises(ValidationError, match="frozen"):
        catalogue.centres[0].code = "X"


def test_file_of_a_windows_editor_loads(write: Write) -> None:
    assert load(write, b"\xef\xbb\xbf" + SMALL.replace("\n", "\r\n").encode()) == load(write)


def test_file_that_is_not_there_is_an_error_of_the_system(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        load_catalogue(tmp_path / "none.toml")


def test_demonstration_is_say_alone_around_the_clock() -> None:
    ours = load_catalogue(OURS)
    for order in (1, -1):
        shown = demonstration(ours.model_copy(update={"centres": ours.centres[::order]}))
        (centre,) = shown.centres
        assert centre.code == "SAY"
        assert centre.hours.days == (((0, 1440),),) * 7
        assert (centre.lunch, centre.rules["last_ticket_before_close_minutes"], shown.holidays) == (None, 0, ())
        assert (centre.counters, centre.recall_times) == (ours.centres[0].counters, ours.centres[0].recall_times)


SESSIONS = """
[[centres.sessions]]
weekdays = ["mon", "wed"]
hours = "09:00-11:00"
services = ["RES"]
slot_minutes = 20
capacity = 4
walk_in_percent = 25
cut_off_minutes = 60

[[centres.sessions]]
date = 2026-12-01
hours = "13:00-15:00"
services = ["RES", "PAY"]
slot_minutes = 30
capacity = 0
lead_minutes = 90
days_ahead = 7

[[centres]]
code = "LPB"
"""


def with_sessions(old: str = "", new: str = "") -> str:
    return edited('\n[[centres]]\ncode = "LPB"\n', edited(old, new, text=SESSIONS) if old else SESSIONS)


def test_sessions_are_one_of_each_weekday_or_of_a_date(write: Write) -> None:
    say, lpb = load(write, with_sessions()).centres
    assert lpb.sessions is None
    monday, wednesday, first = [one for table in say.sessions or () for one in table.each()]
    assert (monday.weekday, wednesday.weekday, first.day) == (1, 3, date(2026, 12, 1))
    assert (monday.start, monday.end, monday.length, monday.places, monday.cut_off) == (540, 660, 20, 3, 60)
    assert (first.services, first.places, first.lead, first.days_ahead) == (("RES", "PAY"), 0, 90, 7)


@pytest.mark.parametrize(
    ("old", "new", "table", "key", "words"),
    [
        ("capacity = 4", "capacty = 4", "[0]", "capacty", "is not known; did you mean 'capacity'?"),
        ("capacity = 4", "capacity = -1", "[0]", "capacity", "must be 0 or more, not -1"),
        ("capacity = 0\n", "", " 2026-12-01", "capacity", "is missing"),
        ('["mon", "wed"]', '["mon", "Wed"]', "[0]", "weekdays", "item 2 must be mon, tue, wed"),
        ('["mon", "wed"]', '["mon", "mon"]', "[0]", "weekdays", "lists 'mon' twice"),
        ('["mon", "wed"]', "[]", "[0]", "weekdays", "or 'date' says on which days it is, and not both"),
        ("date =", 'weekdays = ["fri"]\ndate =', " 2026-12-01", "weekdays", "and not both"),
        ('"09:00-11:00"', '"11:00-09:00"', "[0]", "hours", "ends before it begins"),
        ('["RES"]', '["LAND"]', "[0]", "services", "names 'LAND', which is not in the centre's services"),
        ('["RES"]', "[]", "[0]", "services", "is empty"),
        ("slot_minutes = 20", "slot_minutes = 121", "[0]", "slot_minutes", "is longer than the session, not 121"),
        ("slot_minutes = 20", "slot_minutes = 4", "[0]", "slot_minutes", "must be 5 or more"),
        ("walk_in_percent = 25", "walk_in_percent = 101", "[0]", "walk_in_percent", "must be 100 or less"),
        ("date = 2026-12-01", 'weekdays = ["wed"]', "", "sessions", "two sessions of one service at the same time"),
    ],
)
def test_a_session_that_makes_no_sense_is_told_by_its_table(
    write: Write, old: str, new: str, table: str, key: str, words: str
) -> None:
    text = with_sessions(old, new)
    if key == "sessions":
        text = text.replace('"13:00-15:00"', '"10:00-12:00"')
    found = problems(write, text)
    label = f"centres SAY.sessions{table}" if table else "centres SAY"
    assert [one.message for one in found if (one.table, one.key) == (label, key) and words in one.message], found
