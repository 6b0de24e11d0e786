"""The end of docs/fairness.md: what was assumed, written from the values themselves."""

from collections.abc import Iterator

from benchmarks.fairness.halls import HALL, RELIEVED


def assumptions() -> Iterator[str]:
    """The blocks of the page's last part."""
    yield "## What was assumed"
    yield _centre()
    yield _load()
    yield from _people()
    yield _staff()
    yield """The values were chosen, among dozens of sets, by the figures of first come and strict priority alone, to
        come near an earlier study of such a centre, whose own values are not known. First come had there, for the
        others, a mean of 11 minutes, P95 45 and longest 124, and 31 % late appointments at load 0.85; OneDoor's order
        P95 51, longest 127 and 4.9 % late. Strict priority cost the others 1.4 minutes on average there, so few people
        can have had a priority: that is why they are few here. With more of them, every order takes more from the
        others."""
    yield """Left out: transfers, holds, no-shows who come back, people who let others pass. Counters help nobody, but
        where it is said."""


def _centre() -> str:
    shares = ", ".join(
        f"{name} {HALL.minutes[name]:.0f} minutes ({100 * share:.0f} % of people)"
        for name, share in HALL.shares.items()
    )
    return f"""- **Centre.** Open 8:00-12:00 and 13:00-16:00, tickets from 12:45 again and until 15:45; who has a ticket
        is served. Four services: {shares}. Seven counters serve {", ".join(HALL.counters)}; with a third counter for D,
        {", ".join(RELIEVED.counters)}."""


def _load() -> str:
    shape = HALL.habits.shape
    return f"""- **Load** is the work that comes (service and walk) over the time for which counters are planned to be
        staffed: tea breaks are taken off, unplanned pauses are not. In the morning it is higher: of {sum(shape)}
        walk-ins, {", ".join(map(str, shape))} come in the seven hours."""


def _people() -> Iterator[str]:
    habits = HALL.habits
    low, high = (60 * minutes for minutes in habits.walk)
    yield f"""- **People.** Walk-ins are independent of each other (a Poisson process); {100 * habits.priority:.0f} %
        are of a priority group. Of those who come for {" and ".join(HALL.bookable)}, {100 * habits.booked:.0f} % have
        booked a half-hour slot, spread evenly over the day; of all who booked, {100 * habits.missed:.0f} % never come,
        the others {habits.early:.0f} minutes early (standard deviation {habits.early_spread:.0f}).
        {100 * habits.no_show:.0f} % do not answer their call, which takes a minute. Patience is exponential,
        {habits.patience:.0f} minutes on average."""
    yield f"""- **Service times** are lognormal (standard deviation of the logarithm {habits.spread}), and those of a
        whole day longer or shorter together (standard deviation {100 * habits.day_spread:.0f} %). From the call to the
        start of serving it takes {low:.0f} to {high:.0f} seconds."""


def _staff() -> str:
    habits = HALL.habits
    return f"""- **Staff.** Tea for {habits.tea:.0f} minutes in each session, one counter after the other; unplanned
        pauses every {habits.pause_every / 60:.0f} hours for {habits.pause:.0f} minutes, on average; lunch for all. A
        free counter calls at once."""
