"""docs/fairness.md: the comparison in tables and in words. Every figure in the words is taken from the tables."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from textwrap import fill

from benchmarks.fairness import appointments
from benchmarks.fairness.assumptions import assumptions
from benchmarks.fairness.comparison import FIRST_COME, LOADS, ONE_DOOR, SEED, STRICT, Against, Comparison, against
from benchmarks.fairness.halls import HALL, HARDER, Outcome
from benchmarks.fairness.policies import Standing
from reports.simulated import Punctuality, Waits

# What the product is to keep at the lower load, beside first-come; `LATE` is a share of the appointments.
PRIORITY_P95, OTHERS_P95, OTHERS_LONGEST, LATE, LATE_AIM = 0.65, 1.15, 1.1, 0.05, 0.02
_WIDTH = 120
_NAMES = {Standing.NORMAL: "others", Standing.PRIORITY: "priority groups", Standing.BOOKED: "booked"}
_RATIOS = ["priority groups' P95", "others' P95", "others' longest"]


def keeps(found: Against) -> bool:
    """Whether an order keeps what is asked for at the lower load."""
    return (
        found.priority_p95 <= PRIORITY_P95
        and found.others_p95 <= OTHERS_P95
        and found.others_longest <= OTHERS_LONGEST
        and found.late <= LATE
    )


def write_page(found: Comparison) -> str:
    """The whole page."""
    loads = (block for load in LOADS for block in _load(found, load))
    parts = [_head(found), _in_plain_words(found), loads, _credits(found), _with_and_without(found)]
    parts += [_punctual(found), _harder(found)]
    return laid_out([*(block for part in parts for block in part), *assumptions()])


def laid_out(blocks: Iterable[str]) -> str:
    """Headings, tables, paragraphs and points (`- `) as a page: filled, with an empty line between all but points."""
    page = ""
    for block in blocks:
        point = block.startswith("- ")
        filled = block if block[0] in "#|" else fill(" ".join(block.split()), _WIDTH, subsequent_indent="  " * point)
        page += ("" if not page else "\n" if point and page.rpartition("\n\n")[2].startswith("- ") else "\n\n") + filled
    return page + "\n"


def _head(found: Comparison) -> Iterator[str]:
    yield "# Who waits how long, by the order in which people are called"
    yield f"""`make fairness` writes this page: {found.days} made-up days (seed {SEED}) at each load, and for all orders
        the same people with the same service times on the same days. No figure is from a real centre; what was assumed
        stands at the end. Waits are in minutes, from joining to the first call, for a booked person from the slot on.
        Who left counts with the time waited. An appointment is late when serving begins more than 15 minutes after its
        slot."""


def _in_plain_words(found: Comparison) -> Iterator[str]:
    outcomes = found.orders[LOADS[0]]
    beside = {name: against(outcome, outcomes[FIRST_COME]) for name, outcome in outcomes.items()}
    ours, strict = beside[ONE_DOOR], beside[STRICT]
    first, mine = outcomes[FIRST_COME].waits, outcomes[ONE_DOOR].waits
    yield "## In plain words"
    yield f"""- **First come fails those who booked.** {_percent(ours.late_first_come)} of the appointments begin more
        than a quarter of an hour late: who came before is called before."""
    yield f"""- **OneDoor's order** gives priority groups a credit of 30 minutes and appointments 60, and never more
        than 60. Of 20 people of priority groups 19 wait at most {mine[Standing.PRIORITY].p95:.0f} minutes instead of
        {first[Standing.PRIORITY].p95:.0f}; {_percent(ours.late)} of the appointments are late. The others pay for it:
        19 of 20 wait at most {mine[Standing.NORMAL].p95:.0f} minutes instead of {first[Standing.NORMAL].p95:.0f}, on
        average {mine[Standing.NORMAL].mean:.1f} instead of {first[Standing.NORMAL].mean:.1f}."""
    yield f"""- **Strict priority** helps the preferred a little more, and nobody can tell the others when their turn
        comes: their longest wait is {strict.others_longest:.2f} times first come's ({ours.others_longest:.2f} in
        OneDoor's order). With OneDoor nobody who comes more than an hour after you is called before you. **Alternating
        3:1** is nearly the same as strict: seldom do more than three preferred people wait in a row."""
    yield f"""- **Accumulating priority** changes the order while people wait, so that no place can be promised, and
        {_percent(beside["accumulating 1/2/3"].late)} of the appointments are late."""
    yield "- **One more counter for a scarce service** more than halves the late appointments: see *At most 2 % late?*."


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (head, ["---"] * len(head), *rows))


def _load(found: Comparison, load: float) -> Iterator[str]:
    outcomes = found.orders[load]
    people = sum(waits.steps for waits in outcomes[FIRST_COME].waits.values()) / found.days
    yield f"## Load {load}: {people:.0f} people a day"
    yield _waits_table(outcomes)
    yield _ratio_table(outcomes)


def _waits_table(outcomes: Mapping[str, Outcome]) -> str:
    head = ["order", "who", "mean", "median", "P95", "longest", "over 1 h", "appointments late", "all who left"]
    return _table(head, (row for name, outcome in outcomes.items() for row in _waits_rows(name, outcome)))


def _waits_rows(name: str, outcome: Outcome) -> Iterator[Sequence[str]]:
    for who in (Standing.NORMAL, Standing.PRIORITY, Standing.BOOKED):
        late = _percent(outcome.late) if who is Standing.BOOKED else ""
        left = _percent(outcome.left) if who is Standing.NORMAL else ""
        yield [name if left else "", _NAMES[who], *_minutes(outcome.waits[who]), late, left]


def _minutes(waits: Waits) -> list[str]:
    minutes = [f"{value:.1f}" for value in (waits.mean, waits.median, waits.p95)]
    return [*minutes, f"{waits.longest:.0f}", _percent(waits.over_an_hour)]


def _ratio_table(outcomes: Mapping[str, Outcome]) -> str:
    first = outcomes[FIRST_COME]
    rows = ([name, *_ratios(against(o, first))] for name, o in outcomes.items() if name != FIRST_COME)
    return _table(["beside first come", *_RATIOS, "appointments late"], rows)


def _ratios(found: Against) -> list[str]:
    ratios = (found.priority_p95, found.others_p95, found.others_longest)
    return [*(f"{ratio:.2f}" for ratio in ratios), _percent(found.late)]


def _credits(found: Comparison) -> Iterator[str]:
    low, high = (
        {name: against(o, found.orders[load][FIRST_COME]) for name, o in found.credits[load].items()} for load in LOADS
    )
    answers = {True: "yes", False: "no"}
    rows = ([name, *_ratios(low[name]), answers[keeps(low[name])], *_ratios(high[name])] for name in low)
    head = [*_RATIOS, "late"]
    yield "## Other credits"
    yield f"""Minutes for priority groups / for appointments / the cap, which a centre's catalogue sets as
        `weight_minutes`, `appointment_credit_minutes` and `max_credit_minutes`; beside first come, at load {LOADS[0]},
        then at {LOADS[1]}. *Keeps all* is at load {LOADS[0]}: P95 of priority groups at most {PRIORITY_P95} of first
        come's, the others' P95 at most {OTHERS_P95} and their longest wait at most {OTHERS_LONGEST}, at most
        {100 * LATE:.0f} % of the appointments late."""
    yield _table(["credits", *head, "keeps all", *(f"{name} at {LOADS[1]}" for name in head)], rows)
    yield """The longest wait is that of one person among thousands, and moves by a tenth from one set of days to
        another. **Recommended**: 30/60/60, as in the sample catalogue. A centre that is full all day and lives by its
        appointments may take 30/90/90; its cap is then an hour and a half, so that somebody may be passed by a person
        who came that much later."""


def _with_and_without(found: Comparison) -> Iterator[str]:
    ways = found.appointments
    kept = "each" if min(way.kept for way in ways.values()) >= appointments.KEPT else "not each"
    yield "## With appointments and without"
    yield f"""{appointments.DAYS} days at load {appointments.LOAD}, on which {100 * HALL.habits.missed:.0f} % of those
        who booked never come, in OneDoor's order; then the same days, on which the same people come at the same moments
        for the same services, and nobody has an appointment. Of the booked people who come
        {100 * appointments.KEPT:.0f} % are to begin within 15 minutes of their time: so it is in {kept} of them."""
    head = ["seed", "booked and came", "begun in time", "walk-ins' P95", "P95 without appointments"]
    yield _table(head, ([str(seed), *_kept(way)] for seed, way in ways.items()))
    yield """It is a matter of luck and of counters: a centre with one or two counters for a service that can be booked
        falls short in some months, as `server.py simulate` shows for its own settings."""


def _kept(way: Punctuality) -> list[str]:
    return [str(way.booked), _percent(way.kept), f"{way.walk_ins.p95:.1f}", f"{way.without.p95:.1f}"]


def _punctual(found: Comparison) -> Iterator[str]:
    rows = ([name, *_ratios(low), _percent(high.late)] for name, (low, high) in found.punctual.items())
    few = [name for name, (low, _high) in found.punctual.items() if low.late <= LATE_AIM]
    kept = [name for name in few if keeps(found.punctual[name][0])]
    yield "## At most 2 % late?"
    yield _table(["what", *_RATIOS, f"late at {LOADS[0]}", f"late at {LOADS[1]}"], rows)
    yield f"""The ratios are at load {LOADS[0]}, each to first come with the same counters. At most 2 % late at load
        {LOADS[0]}: {"; ".join(few) or "none"}. With all else kept as well: {"; ".join(kept) or "none"}."""
    yield f"""**Credits do not reach it.** With 60 minutes a booked person in time is before nearly everybody who waits,
        so that more changes little. What is left is no matter of order: service D has two counters and takes
        {HALL.minutes["D"]:.0f} minutes, and when both have just begun with somebody, nobody can be called there. Even
        when booked people are before all others, before their slot too, some are late. What helps:"""
    yield """- Calling booked people in their turn from five minutes before their slot, which spares them the one person
        whom the counter would begin with just before it. The product's rule is not to call before the slot while others
        wait, and it stays: else coming early would pay."""
    yield """- A third counter that serves the scarce service: fewer than half as many are late, at either load. A
        centre should do this first. Counters that may help with it while nobody waits for them do a little of the same;
        in a full hall they are seldom free."""


def _harder(found: Comparison) -> Iterator[str]:
    first = found.harder[FIRST_COME]
    kept = [name for name, o in found.harder.items() if name.startswith("OneDoor") and keeps(against(o, first))]
    yield "## A harder hall"
    yield f"""The same centre at load {LOADS[0]}, but service D takes {HARDER.minutes["D"]:.0f} minutes and
        {100 * HARDER.shares["D"]:.0f} % of people come for it. All that is asked for is kept there by:
        {", ".join(kept) or "none"}. The scarcer a service, the less an order can do."""
    yield _waits_table(found.harder)
    yield _ratio_table(found.harder)
