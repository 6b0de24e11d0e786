"""Each mistake in a catalogue: which table and key it is told at, and in which words."""

import pytest

from config.catalogue import CatalogueError, load_catalogue
from tests.config.files import SMALL, Write, edited, problems

# old, new: table, key, words
KEYS = [
    ('languages = ["lo"', 'langauges = ["lo"', "centres SAY", "langauges", "is not known; did you mean 'languages'?"),
    ('languages = ["lo", "en"]\n', "", "centres SAY", "languages", "is missing"),
    ("schema = 1", "schema = 1\nholiday = 1", "", "holiday", "is not known; did you mean 'holidays'?"),
    ('version = "2026-11-23"\n', "", "", "version", "is missing"),
    ("[defaults]", "[defaults]\nrecall_time = 3", "defaults", "recall_time", "did you mean 'recall_times'?"),
    ("[defaults]", "[defaults]\nqqq_zzz = 3", "defaults", "qqq_zzz", "is not known"),
    ("recall_times = 1", "recal_times = 1", "centres SAY", "recal_times", "did you mean 'recall_times'?"),
    ("recall_times = 1", "rules = {recall_times = 1}", "centres SAY", "rules", "is not known"),
    ('icon = "elder"', 'incon = "elder"', "priorities ELDER", "incon", "did you mean 'icon'?"),
    ("state_held", "state_hold", "documents.form", "state_hold", "did you mean 'state_held'?"),
    ('group = "civil"', 'gruop = "civil"', "services RES", "gruop", "did you mean 'group'?"),
    ('series = "A"\n', "", "services RES", "series", "is missing"),
    ('code = "RES"\n', "", "services[0]", "code", "is missing"),
    ("accessible", "accesible", "centres SAY.counters 1", "accesible", "did you mean 'accessible'?"),
    ("number = 2\n", "", "centres SAY.counters[1]", "number", "is missing"),
    ("sun = []", "sum = []", "centres SAY.hours", "sum", "did you mean 'sun'?"),
    ("wed = []\n", "", "centres SAY.hours", "wed", "is missing"),
    ("tickets_open", "ticket_open", "centres SAY.lunch", "ticket_open", "did you mean 'tickets_open'?"),
    ("date = ", "name = 1\ndate = ", "holidays 2026-12-02", "name", "is not known"),
    ("schema = 1", '"{}" = 1', "", "{}", "is not known"),
    ('lo = "ທີ່ຢູ່"', '"{}" = { lo = "x" }', "", "services", "item 1 holds the key '{}', which is not known"),
    ('timezone = "Asia/Vientiane"\n', "", "centres SAY", "timezone", "is missing, here and in [defaults]"),
]
TYPES = [
    ("schema = 1", "schema = 2", "", "schema", "must be 1 or less, not 2"),
    ('"2026-11-23"', "2026-11-23", "", "version", "must be text in quotes"),
    ("recall_times = 4", 'recall_times = "4"', "defaults", "recall_times", 'a whole number without quotes, not "4"'),
    ("recall_times = 4", "recall_times = true", "defaults", "recall_times", "must be a whole number"),
    ("recall_times = 4", "recall_times = 4.5", "defaults", "recall_times", "must be a whole number"),
    ("recall_times = 4", "recall_times = -1", "defaults", "recall_times", "must be 0 or more, not -1"),
    ("recall_times = 1", 'recall_times = "1"', "centres SAY", "recall_times", "must be a whole number"),
    ("[defaults]", '[defaults]\nticket_reset = "weekly"', "defaults", "ticket_reset", "must be daily, not 'weekly'"),
    ("[defaults]", "[defaults]\nticket_digits = 2", "defaults", "ticket_digits", "must be 3 or more"),
    ("[defaults]", "[defaults]\ntarget_percent = 101", "defaults", "target_percent", "must be 100 or less"),
    ("weight_minutes = 1.5", 'weight_minutes = "1.5"', "priorities ELDER", "weight_minutes", "must be a number"),
    ("weight_minutes = 1.5", "weight_minutes = nan", "priorities ELDER", "weight_minutes", "must be a number"),
    ("weight_minutes = 1.5", "weight_minutes = inf", "priorities ELDER", "weight_minutes", "must be a number"),
    ("weight_minutes = 1.5", "weight_minutes = true", "priorities ELDER", "weight_minutes", "must be a number"),
    ("expected_minutes = 8.5", "expected_minutes = 0", "services RES", "expected_minutes", "must be more than 0"),
    ("slot_capacity = 2", "daily_limit = 0", "services RES", "daily_limit", "must be 1 or more"),
    ("slot_capacity = 2", 'daily_limit = "9"', "services RES", "daily_limit", "must be a whole number without quotes"),
    ("enabled = false", 'enabled = "no"', "priorities REMOTE", "enabled", "must be true or false without quotes"),
    ("enabled = false", "enabled = 0", "priorities REMOTE", "enabled", "must be true or false without quotes"),
    ("date = 2026-12-02", 'date = "2026-12-02"', "holidays 2026-12-02", "date", "a date without quotes"),
    ("date = 2026-12-02", "date = 2026-12-02T08:00:00", "holidays 2026-12-02 08:00:00", "date", "a date without"),
    ('documents = ["form"]', 'documents = "form"', "services RES", "documents", "must be a list in [ ]"),
    ('documents = ["form"]', 'documents = ["form", 5]', "services RES", "documents", "item 2 must be text in quotes"),
    ("[[holidays]]", "[holidays]", "", "holidays", "must be tables, each under [[holidays]]"),
    ('services = ["RES", "PAY"]', "services = []", "centres SAY", "services", "is empty"),
    ("[documents.form]", "[documents]\nletter = 5\n[documents.form]", "documents", "letter", "must be a table, not 5"),
    ('lo = "ທີ່ຢູ່"', "lo = 5", "services RES", "lo", "must be text in quotes, not 5"),
    ("number = 1", 'number = "1"', "centres SAY.counters 1", "number", "must be a whole number without quotes"),
    ("number = 1", "number = 0", "centres SAY.counters 0", "number", "must be 1 or more"),
]
CODES = [
    ('code = "RES"', 'code = "Res"', "services Res", "code", "1 to 16 capital letters, digits and _, not 'Res'"),
    ('code = "RES"', f'code = "{"R" * 17}"', f"services {'R' * 17}", "code", "must be 1 to 16 capital letters"),
    ('code = "RES"', 'code = "RES\\n"', "services RES\n", "code", "must be 1 to 16 capital letters"),
    ('series = "A"', 'series = "a"', "services RES", "series", "must be 1 to 3 capital letters, not 'a'"),
    ('series = "A"', 'series = "ABCD"', "services RES", "series", "must be 1 to 3 capital letters"),
    ('series = "A"', 'series = "Ä"', "services RES", "series", "must be 1 to 3 capital letters"),
    ('series = "A"', 'series = "A1"', "services RES", "series", "must be 1 to 3 capital letters"),
    ('code = "SAY"', 'code = "S_Y"', "centres S_Y", "code", "must be 1 to 12 capital letters and digits"),
    (
        'code = "SAY"',
        f'code = "{"S" * 13}"',
        f"centres {'S' * 13}",
        "code",
        "must be 1 to 12 capital letters and digits",
    ),
    ('code = "ELDER"', 'code = "elder"', "priorities elder", "code", "must be 1 to 16 capital letters"),
    ('icon = "elder"', 'icon = "../elder"', "priorities ELDER", "icon", "must be 1 to 32 letters"),
    ("civil = {", "civil-and-other = {", "groups", "civil-and-other", "must be 1 to 16 letters, digits and _"),
    ('"Asia/Vientiane"', '"Asia/Vientane"', "defaults", "timezone", "must be a time zone in quotes"),
    ('"Europe/Berlin"', '"../Berlin"', "centres LPB", "timezone", "must be a time zone in quotes"),
    ('"Europe/Berlin"', "7", "centres LPB", "timezone", "must be a time zone in quotes"),
]
TIMES = [
    ('"08:00-12:00"', '"8:00-12:00"', "centres SAY.hours", "mon", "must be a time in quotes"),
    ('"08:00-12:00"', '"08:60-12:00"', "centres SAY.hours", "mon", "must be a time in quotes"),
    ('"08:00-12:00"', '"08:00"', "centres SAY.hours", "mon", "must be hours in quotes"),
    ('"08:00-12:00"', "8", "centres SAY.hours", "mon", "item 1 must be hours in quotes"),
    ('"00:00-24:00"', '"00:00-24:01"', "centres SAY.hours", "tue", "must be a time in quotes"),
    ('"08:00-12:00"', '"12:00-08:00"', "centres SAY.hours", "mon", "ends before it begins: '12:00-08:00'"),
    ('"08:00-12:00"', '"08:00-08:00"', "centres SAY.hours", "mon", "ends before it begins"),
    ('"08:00-12:00"', '"08:00-13:01"', "centres SAY.hours", "mon", "begin at 13:00, before those ahead of them end"),
    ('"08:00-12:00"', '"17:00-18:00"', "centres SAY.hours", "mon", "before those ahead of them end at 18:00"),
    ('tue = ["00:00-24:00"]', 'tue = "00:00-24:00"', "centres SAY.hours", "tue", "must be a list in [ ]"),
    ('start = "12:00"', "start = 12:00:00", "centres SAY.lunch", "start", "must be a time in quotes"),
    ('start = "12:00"', 'start = "13:00"', "centres SAY.lunch", "end", "must be later than start, not 13:00"),
    ('"12:45"', '"11:59"', "centres SAY.lunch", "tickets_open", "must be within the break, not 11:59"),
    ('"12:45"', '"13:01"', "centres SAY.lunch", "tickets_open", "must be within the break, not 13:01"),
]
LANGUAGES = [
    ("note_en", "note_fr", "services RES", "note_fr", "(the languages of 'locales' are lo, en)"),
    ('en = "Residence"', 'fr = "Domicile"', "services RES", "fr", "(the languages of 'locales' are lo, en)"),
    ("short_en", "short_vi", "centres SAY", "short_vi", "(the languages of 'locales' are lo, en)"),
    ("fee_en", "fee_vi", "defaults", "fee_vi", "(the languages of 'locales' are lo, en)"),
    ('en = "Civil"', 'fr = "Civil"', "groups.civil", "fr", "(the languages of 'locales' are lo, en)"),
    ('en = "Back"', 'fr = "Retour"', "phrases.back", "fr", "(the languages of 'locales' are lo, en)"),
    ('lo = "ກັບຄືນ", ', "", "phrases.back", "lo", "is missing"),
    ('lo = "ທີ່ຢູ່"\n', "", "services RES", "lo", "is missing"),
    ('lo = "ທີ່ຢູ່"\nen = "Residence"\n', "", "services RES", "lo", "is missing"),
    ('note_lo = "ໝາຍເຫດ"\n', "", "services RES", "note_lo", "is missing"),
    ('en = "Residence"', 'en = " "', "services RES", "en", "is empty"),
    ('en = "Residence"', 'en = "Resi\\u0000dence"', "services RES", "en", "a control character"),
    (
        'languages = ["lo", "en"]',
        'languages = ["lo", "fr"]',
        "centres SAY",
        "languages",
        "names 'fr', which is not in 'loc",
    ),
    ('default_locale = "lo"', 'default_locale = "fr"', "", "default_locale", "'fr' is not one of 'locales'"),
    ('locales = ["lo", "en"]', 'locales = ["lo", "en", "LO"]', "", "locales", "item 3 must be a language like lo"),
    ('locales = ["lo", "en"]', 'locales = ["lo", "en", "lo"]', "", "locales", "lists 'lo' twice"),
]
AM = "ຄ\u0ecd\u0eb2"
SPELLINGS = [
    ('"ທີ່ຢູ່"', f'"{AM}"', "services RES", "lo", "it is one (U+0EB3)"),
    ('"ທີ່ຢູ່"', '"ນ\u0ecd\u0ec9\u0eb2"', "services RES", "lo", "it is one (U+0EB3)"),
    ('"Residence"', f'"{AM}"', "services RES", "en", "it is one (U+0EB3)"),
    ('"ໝາຍເຫດ"', f'"{AM}"', "services RES", "note_lo", "it is one (U+0EB3)"),
    ('"ໄຊ"', f'"{AM}"', "centres SAY", "short_lo", "it is one (U+0EB3)"),
    ('"ວຽງຈັນ"', f'"{AM}"', "centres SAY", "province_lo", "it is one (U+0EB3)"),
    ('"ລາຄາ"', f'"{AM}"', "defaults", "fee_lo", "it is one (U+0EB3)"),
    ('"ພັກທ່ຽງ"', f'"{AM}"', "centres SAY.lunch", "lo", "it is one (U+0EB3)"),
    ('"ເງິນ"', f'"{AM}"', "centres SAY.counters 2", "lo", "it is one (U+0EB3)"),
    ('"ພົນລະເມືອງ"', f'"{AM}"', "groups.civil", "lo", "it is one (U+0EB3)"),
    ('"ກັບຄືນ"', f'"{AM}"', "phrases.back", "lo", "it is one (U+0EB3)"),
    ('"ໃບຄຳຮ້ອງ"', f'"{AM}"', "documents.form", "lo", "it is one (U+0EB3)"),
]
REFERENCES = [
    (
        'then = ["PAY"]',
        'then = ["PAX"]',
        "services RES",
        "then",
        "'PAX', which is not in [[services]]; did you mean 'PAY'?",
    ),
    (
        'documents = ["form"]',
        'documents = ["from"]',
        "services RES",
        "documents",
        "not in [documents]; did you mean 'form'?",
    ),
    ('group = "civil"', 'group = "cvil"', "services RES", "group", "not in [groups]; did you mean 'civil'?"),
    ('services = ["RES", "PAY"]', 'services = ["RES", "PAY", "LAND"]', "centres SAY", "services", "names 'LAND'"),
    (
        'services = ["RES"]',
        'services = ["LAND"]',
        "centres SAY.counters 1",
        "services",
        "names 'LAND', which is not in the",
    ),
    ('["REMOTE"]', '["REMOT"]', "centres LPB", "priorities", "not in [[priorities]]; did you mean 'REMOTE'?"),
    ('["REMOTE"]', '["REMOTE", "REMOTE"]', "centres LPB", "priorities", "lists 'REMOTE' twice"),
    ('documents = ["form"]', 'documents = ["form", "form"]', "services RES", "documents", "lists 'form' twice"),
    ('services = ["RES", "PAY"]', 'services = ["RES", "PAY", "RES"]', "centres SAY", "services", "lists 'RES' twice"),
    ('services = ["RES"]', 'services = ["RES", "RES"]', "centres SAY.counters 1", "services", "lists 'RES' twice"),
    ('then = ["PAY"]', 'then = ["RES"]', "services RES", "then", "leads round in a circle: RES → RES"),
]
DOUBLES = [
    ('code = "REMOTE"', 'code = "ELDER"', "priorities ELDER", "code", "ELDER is there twice"),
    ('code = "LPB"', 'code = "SAY"', "centres SAY", "code", "SAY is there twice"),
    ("number = 2", "number = 1", "centres SAY.counters 1", "number", "1 is there twice"),
    ('series = "Q"', 'series = "A"', "centres SAY", "services", "'RES' and 'PAY' both have the series A"),
    (
        "[[priorities]]",
        '[[holidays]]\ndate = 2026-12-02\nlo = "x"\n\n[[priorities]]',
        "holidays 2026-12-02",
        "date",
        "twice",
    ),
]


@pytest.mark.parametrize(
    ("old", "new", "table", "key", "words"),
    KEYS + TYPES + CODES + TIMES + LANGUAGES + SPELLINGS + REFERENCES + DOUBLES,
)
def test_mistake_names_file_table_and_key(write: Write, old: str, new: str, table: str, key: str, words: str) -> None:
    assert problems(write, SMALL) == ()
    found = problems(write, edited(old, new))
    matching = [problem for problem in found if (problem.table, problem.key) == (table, key)]
    assert [problem.message for problem in matching if words in problem.message], found
    assert {problem.file for problem in found} == {"catalogue.toml"}


BOUNDS = [  # table that the line stands in, key, least, most
    ("[defaults]", "ticket_digits", 3, 9),
    ("[defaults]", "target_percent", 0, 100),
    ("[defaults]", "near_turn_ahead", 0, 1000),
    ("[defaults]", "recall_cooldown_seconds", 0, 3600),
    ("[defaults]", "max_credit_minutes", 0, 1440),
    ("[defaults]", "appointment_slot_minutes", 1, 1440),
    ("[defaults]", "appointment_share_percent", 0, 100),
    ("[defaults]", "retention_days_personal", 0, 3650),
    ("", "schema", 1, 1),
    ("[[centres.counters]]", "number", 1, 9999),
]
WHOLE = {"ticket_digits", "near_turn_ahead", "appointment_slot_minutes", "retention_days_personal", "schema", "number"}


def _with(table: str, key: str, value: object) -> str:
    if table == "[defaults]":
        return edited(table, f"{table}\n{key} = {value}")
    return edited(f"{key} = 1", f"{key} = {value}")


@pytest.mark.parametrize(("table", "key", "least", "most"), BOUNDS)
def test_number_is_a_number_within_its_bounds(write: Write, table: str, key: str, least: int, most: int) -> None:
    assert problems(write, _with(table, key, least)) == problems(write, _with(table, key, most)) == ()
    wrong = [least - 1, most + 1, f'"{least}"', "true", "nan", "inf", *([f"{least}.0"] if key in WHOLE else [])]
    for value in wrong:
        found = problems(write, _with(table, key, value))
        assert [problem.key for problem in found] == [key], value
        assert "must be" in found[0].message


def test_centre_without_languages_or_counters_is_told(write: Write) -> None:
    assert [p.key for p in problems(write, edited('languages = ["lo", "en"]', "languages = []"))] == ["languages"]
    first, second = SMALL.index("[[centres.counters]]"), SMALL.index("[[centres]]", SMALL.index("[[centres.counters]]"))
    without = SMALL[:first] + SMALL[second:]
    assert [(p.table, p.key) for p in problems(write, without)] == [("centres SAY", "counters")]
    empty = edited("recall_times = 1", "recall_times = 1\ncounters = []", text=without)
    assert [(p.table, p.key, p.message) for p in problems(write, empty)] == [("centres SAY", "counters", "is empty")]


@pytest.mark.parametrize(("old", "new"), [row[:2] for row in TYPES + CODES + TIMES + SPELLINGS + REFERENCES])
def test_one_mistake_is_told_at_one_place(write: Write, old: str, new: str) -> None:
    # A code that is mistyped where it is defined is rightly told wherever it is used, too.
    followed = {"services", "then", "group", "documents"} if old.startswith(("code", "civil", "[documents")) else set()
    found = problems(write, edited(old, new))
    assert len({(problem.table, problem.key) for problem in found if problem.key not in followed}) == 1, found


def test_double_service_code_is_told(write: Write) -> None:
    found = problems(write, edited('code = "PAY"', 'code = "RES"'))
    assert ("services RES", "code") in {(problem.table, problem.key) for problem in found}


def test_mistake_in_defaults_is_told_once_and_not_for_each_centre(write: Write) -> None:
    (problem,) = problems(write, edited("recall_times = 4", 'recall_times = "x"'))
    assert problem.table == "defaults"


def test_all_mistakes_are_told_together(write: Write) -> None:
    text = edited('languages = ["lo", "en"]', 'langauges = ["lo", "en"]')  # a key
    text = edited("recall_times = 4", 'recall_times = "4"', text=text)  # a type
    text = edited('then = ["PAY"]', 'then = ["PAX"]', text=text)  # a reference
    text = edited("number = 2", "number = 1", text=text)  # a double
    text = edited('"ກັບຄືນ"', f'"{AM}"', text=text)  # a spelling
    told = {(problem.table, problem.key) for problem in problems(write, text)}
    assert told == {
        ("centres SAY", "langauges"),
        ("centres SAY", "languages"),
        ("defaults", "recall_times"),
        ("services RES", "then"),
        ("centres SAY.counters 1", "number"),
        ("phrases.back", "lo"),
    }


def test_error_is_one_line_per_mistake(write: Write) -> None:
    text = edited('languages = ["lo", "en"]', 'languages = ["lo", "en"]\nlangauges = 1')
    path = write(edited("schema = 1", "schema = 1\nlocale = 1", text=text))
    with pytest.raises(CatalogueError) as caught:
        load_catalogue(path)
    assert str(caught.value).splitlines() == [
        "catalogue.toml: [centres SAY] key 'langauges' is not known; did you mean 'languages'?",
        "catalogue.toml: key 'locale' is not known; did you mean 'locales'?",
    ]


def test_circle_over_several_services_is_told_once(write: Write) -> None:
    text = edited("expected_minutes = 5\n", 'expected_minutes = 5\nthen = ["RES"]\n')
    circles = [problem for problem in problems(write, text) if "circle" in problem.message]
    assert [problem.key for problem in circles] == ["then"]
    assert "RES → PAY" in circles[0].message or "PAY → RES" in circles[0].message


def test_two_circles_are_both_told(write: Write) -> None:
    text = edited('then = ["PAY"]', 'then = ["RES", "PAY"]')
    text = edited("expected_minutes = 5\n", 'expected_minutes = 5\nthen = ["PAY"]\n', text=text)
    circles = {problem.table for problem in problems(write, text) if "circle" in problem.message}
    assert circles == {"services RES", "services PAY"}


@pytest.mark.parametrize("line", ["", "locales = []", "locales = 5", "locales = [1, 2]", 'locale = ["lo", "en"]'])
def test_without_locales_names_are_not_said_to_be_wrong(write: Write, line: str) -> None:
    found = problems(write, edited('locales = ["lo", "en"]', line))
    assert "locales" in {problem.key for problem in found}
    assert {problem.table for problem in found} == {""}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("schema = 1\nversion = = 2\n", "at line 2"),
        ("schema = 1\nversion = [\n", "line 3"),
        ("schema = 1\nschema = 2\n", "at line 2"),
        ("schema = 1\n[a]\n[a]\n", "at line 3"),
        (b"schema = 1\n# caf\xe9\n", "is not UTF-8 text (at line 2)"),
        (f"schema = {'9' * 5000}\n", "far too long"),
        (f"schema = {'[' * 5000}\n", "far too long"),
    ],
)
def test_file_that_is_no_toml_is_told_with_its_line(write: Write, text: str | bytes, words: str) -> None:
    (problem,) = problems(write, text)
    assert (problem.file, problem.table, problem.key) == ("catalogue.toml", "", "")
    assert words in problem.message
    assert str(problem).startswith("catalogue.toml: ")
