"""The same Monday shortly before closing: a service is full, a queue is too long for what is left of the day."""

import tempfile
from datetime import timedelta
from pathlib import Path

from answers.pad import make_pad
from commands.calls import call_next, finish, serve
from commands.moves import transfer
from commands.settings import set_daily_limit
from composition import open_store
from tests.cast import KEO, NOY, clock
from tests.e2e.camera import Camera, live
from tests.e2e.conftest import press, show
from tests.e2e.morning import CENTRE, FREE, Morning

FULL, DOUBTFUL = "MOVE", "RES"
SENDS = 5
COME_LATE = 9


def the_afternoon_comes(database: str) -> None:
    """Many come late for one service, another has its tickets of the day, and somebody is sent to the free counter."""
    store = open_store(database)
    morning = Morning(store)
    morning.clock.at = clock("15:20")
    morning.press(NOY, set_daily_limit, FULL, 1)
    for _person in range(COME_LATE):
        morning.clock.at += timedelta(minutes=1)
        morning.ticket(DOUBTFUL)
    person = morning.press(KEO, call_next, SENDS, finish=True)
    assert person is not None
    morning.press(KEO, serve, person.id)
    morning.press(KEO, transfer, person.id, counter=FREE)
    while (person := morning.press(KEO, call_next, SENDS)) is not None:
        morning.press(KEO, serve, person.id)
        morning.press(KEO, finish, person.id)
    store.engine.dispose()


def afternoon(camera: Camera) -> None:
    """What kiosk, phone and counter say before closing, and the pad that is printed for an outage."""
    lang = camera.lang
    page = camera.open("kiosk", f"/kiosk/{CENTRE}?lang={lang}")
    press(page, "group:civil")
    camera.take(page, "kiosk", "before-closing")
    press(page, f"service:{DOUBTFUL}")
    camera.take(page, "kiosk", "doubt")
    page.goto(f"{camera.server.url}/kiosk/{CENTRE}/documents?lang={lang}&services={FULL}")
    camera.take(page, "kiosk", "full")
    camera.take(camera.open("phone", f"/book/{CENTRE}"), "phone", "before-closing")
    desk = camera.signs_in("counter", KEO)
    desk.goto(f"{camera.server.url}/counter/{CENTRE}/{FREE}")
    live(desk)
    press(desk, "close")
    show(desk, "current").wait_for(state="attached")
    camera.take(desk, "counter", "close")
    with tempfile.TemporaryDirectory() as place:
        pad = make_pad(open_store(camera.server.database), CENTRE, "A", 6, Path(place) / "pad.html")
        desk.goto(pad.file.as_uri())
        camera.take(desk, "counter", "pad")
