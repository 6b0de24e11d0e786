"""What a month of 20 services costs, without appointments elsewhere and with 10,000: the reading, without HTTP."""

import time
from datetime import timedelta
from pathlib import Path

from sqlalchemy import insert

from answers.timetable import timetable
from commands.seed import seed
from config.catalogue import load_catalogue
from store import tables
from store.board import read_head
from store.migrate import upgrade
from store.unit import Store

CATALOGUE = Path(__file__).parent.parent / "config" / "centres" / "odsc.toml"
CENTRE, SERVICES, DAYS = "SAY", 20, 30
NONE, ELSEWHERE = 0, 10_000


def measure_slots(directory: Path, rounds: int) -> dict[int, list[float]]:
    """Seconds of reading a month's times, by how many appointments are outside the month; one for each round."""
    stores = {many: _store(directory / f"slots-{many}", many) for many in (NONE, ELSEWHERE)}
    samples: dict[int, list[float]] = {many: [] for many in stores}
    for number in range(rounds + 1):  # the first round warms up
        for many, store in stores.items():
            spent = _read(store)
            if number:
                samples[many].append(spent)
    for store in stores.values():
        store.engine.dispose()
    return samples


def _store(directory: Path, many: int) -> Store:
    directory.mkdir()
    store = Store(f"sqlite:///{directory}/slots.db")
    upgrade(store.engine)
    seed(store, load_catalogue(CATALOGUE))
    with store.reading() as conn:
        centre = read_head(conn, store.centres, CENTRE).info
    past = store.clock.now().replace(minute=0, second=0, microsecond=0) - timedelta(days=400)
    facts = {"centre_id": centre.id, "state": "booked", "sequence": 0, "moved_late": False, "made_at": past}
    services, rows = list(centre.services), []
    for number in range(many):
        code, start = services[number % len(services)], past + number // len(services) * timedelta(minutes=30)
        times = {"start": start, "end": start + timedelta(minutes=30), "place": 1, "id": number + 1}
        rows.append({**facts, **times, "reference": f"{number:08}", "service": code, "services": [code]})
    if rows:
        with store.writing() as conn:
            conn.execute(insert(tables.Appointment), rows)
    return store


def _read(store: Store) -> float:
    now = store.clock.now()
    with store.reading() as conn:
        centre = read_head(conn, store.centres, CENTRE).info
        days = [centre.hours.business_date(now) + timedelta(days=n) for n in range(DAYS)]
        began = time.perf_counter()
        timetable(conn, centre, list(centre.services)[:SERVICES], days, now)
        return time.perf_counter() - began
