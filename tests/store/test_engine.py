"""The database as it is opened: what a kill does not show and a power cut does."""

from pathlib import Path

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from store.engine import open_engine
from store.tables import CentreProfile
from store.unit import Store
from tests.cast import a_hall

FULL = 2


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_an_acknowledged_ticket_survives_a_power_cut(store: Store) -> None:
    with store.reading() as reading, store.writing() as writing:
        for conn in (reading, writing):
            assert conn.execute(text("pragma synchronous")).scalar_one() == FULL
            assert conn.execute(text("pragma journal_mode")).scalar_one() == "wal"


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_sqlite_keeps_references_and_does_not_sleep_in_c(store: Store) -> None:
    with store.reading() as conn:
        assert conn.execute(text("pragma foreign_keys")).scalar_one() == 1
        assert conn.execute(text("pragma busy_timeout")).scalar_one() <= 10


def test_a_reader_sees_one_unchanging_moment(store: Store) -> None:
    hall = a_hall(store)
    hall.ticket()
    with store.reading() as conn:
        count = text("select count(*) from tickets where centre_id = :centre")
        before = conn.execute(count, {"centre": hall.centre}).scalar_one()
        hall.ticket()
        assert conn.execute(count, {"centre": hall.centre}).scalar_one() == before == 1


def test_a_reference_to_nothing_is_refused(store: Store) -> None:
    with pytest.raises(IntegrityError), store.writing() as conn:
        conn.execute(text("insert into holidays (centre_id, day, names) values (1, '2026-12-02', '{}')"))


def test_lao_words_are_kept_as_they_are(store: Store) -> None:
    hall = a_hall(store)
    with store.reading() as conn:
        names = conn.execute(select(CentreProfile.names).where(CentreProfile.centre_id == hall.centre)).scalar_one()
    assert names["lo"] == "ໄຊເສດຖາ"


def test_the_folder_of_a_new_database_is_made(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path}/var/deep/onedoor.db")
    with engine.connect() as conn:
        assert conn.execute(text("select 1")).scalar_one() == 1
    engine.dispose()
