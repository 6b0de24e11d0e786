"""The page that says what may happen to a ticket says what the code does."""

from queueing.states import TRANSITIONS
from tests.house.states_page import PAGE, states_page


def test_the_table_of_states_in_docs_is_fresh() -> None:
    assert PAGE.read_text(encoding="utf-8") == states_page(), "run `make docs`"


def test_the_page_names_every_act_of_every_state() -> None:
    page = states_page()
    for state, acts in TRANSITIONS.items():
        for act, outcome in acts.items():
            assert outcome is state or f"{state} --> {outcome}: {act}\n" in page
