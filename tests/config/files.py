"""A small catalogue that is right, and edits that break it."""

from collections.abc import Callable
from pathlib import Path

from config.catalogue import Catalogue, CatalogueError, Problem, load_catalogue

SMALL = """\
schema = 1
version = "2026-11-23"
default_locale = "lo"
locales = ["lo", "en"]

[defaults]
timezone = "Asia/Vientiane"
recall_times = 4
no_show_grace_minutes = 7.5
fee_lo = "ລາຄາ"
fee_en = "The fee"

[[holidays]]
date = 2026-12-02
lo = "ວັນຊາດ"
en = "National Day"

[[priorities]]
code = "ELDER"
lo = "ຜູ້ສູງອາຍຸ"
en = "Older person"
weight_minutes = 1.5
icon = "elder"

[[priorities]]
code = "REMOTE"
lo = "ຫ່າງໄກ"
en = "From far away"
weight_minutes = 10
enabled = false

[documents.form]
lo = "ໃບຄຳຮ້ອງ"
en = "Application form"
state_held = true

[[services]]
code = "RES"
series = "A"
lo = "ທີ່ຢູ່"
en = "Residence"
group = "civil"
target_minutes = 15
expected_minutes = 8.5
documents = ["form"]
note_lo = "ໝາຍເຫດ"
note_en = "A note"
appointment = true
slot_capacity = 2
then = ["PAY"]
basis = "found"

[[services]]
code = "PAY"
series = "Q"
lo = "ຊຳລະ"
en = "Payment"
target_minutes = 10
expected_minutes = 5

[groups]
civil = { lo = "ພົນລະເມືອງ", en = "Civil" }

[[centres]]
code = "SAY"
level = "district"
lo = "ໄຊເສດຖາ"
en = "Saysettha"
short_lo = "ໄຊ"
short_en = "Say"
province_lo = "ວຽງຈັນ"
province_en = "Vientiane"
languages = ["lo", "en"]
services = ["RES", "PAY"]
recall_times = 1

[centres.hours]
mon = ["08:00-12:00", "13:00-16:00"]
tue = ["00:00-24:00"]
wed = []
thu = []
fri = []
sat = []
sun = []

[centres.lunch]
start = "12:00"
end = "13:00"
lo = "ພັກທ່ຽງ"
en = "Lunch"
tickets_open = "12:45"

[[centres.counters]]
number = 1
lo = "ຊ່ອງ"
en = "Desk"
accessible = true
services = ["RES"]

[[centres.counters]]
number = 2
lo = "ເງິນ"
en = "Cash"
services = ["PAY"]

[[centres]]
code = "LPB"
lo = "ຫຼວງພະບາງ"
en = "Luang Prabang"
timezone = "Europe/Berlin"
languages = ["en"]
services = ["PAY"]
priorities = ["REMOTE"]

[centres.hours]
mon = []
tue = []
wed = []
thu = []
fri = []
sat = []
sun = []

[[centres.counters]]
number = 1
lo = "ຊ່ອງ"
en = "Desk"
services = ["PAY"]

[phrases]
back = { lo = "ກັບຄືນ", en = "Back" }
"""

Write = Callable[[str | bytes], Path]


def edited(old: str, new: str, *, text: str = SMALL) -> str:
    """The small catalogue with the first `old` in place of which stands `new`."""
    assert old in text, f"the small catalogue has no {old!r}"
    return text.replace(old, new, 1)


def load(write: Write, text: str | bytes = SMALL) -> Catalogue:
    return load_catalogue(write(text))


def problems(write: Write, text: str | bytes) -> tuple[Problem, ...]:
    """What is wrong with a file; nothing when it loads."""
    try:
        load(write, text)
    except CatalogueError as error:
        return error.problems
    return ()
