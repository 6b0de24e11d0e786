"""The table of `make bench`: every figure beside the reference, with its ratio and what it should be."""

import argparse
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from statistics import median

from benchmarks.booking import ELSEWHERE, NONE, measure_slots
from benchmarks.depth import FEW, MANY, measure_depth
from benchmarks.history import write_past
from benchmarks.measures import Samples, measure_feed, measure_memory, measure_rates, ratio
from benchmarks.servers import Product, Reference
from benchmarks.statements import count_statements
from tests.scale.hall import CENTRE, SERVICE

PARTS = "statements", "depth", "slots", "rates", "feed", "memory"
DISPLAYS = 50, 200


def arguments() -> argparse.Namespace:
    """What is measured, and how long."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], help=f"of {', '.join(PARTS)}; all unless said")
    parser.add_argument("--quick", action="store_true", help="a minute instead of ten: fewer rounds, a shorter past")
    parser.add_argument("--past", type=int, default=None, help="past tickets (1,000,000; quick: 50,000)")
    parser.add_argument("--rounds", type=int, default=None, help="alternated runs (9; quick: 3)")
    return parser.parse_args()


def line(what: str, *cells: str) -> None:
    """One line of the table."""
    print(f"{what:<44}" + "".join(f"{cell:>16}" for cell in cells), flush=True)


def main() -> None:
    """Measures what was asked for and prints the table."""
    asked = arguments()
    past = asked.past if asked.past is not None else (50_000 if asked.quick else 1_000_000)
    rounds = asked.rounds or (3 if asked.quick else 9)
    parts = asked.parts or [*PARTS]
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="onedoor-bench-") as folder, ExitStack() as running:
        directory = Path(folder)
        if "statements" in parts:
            show_statements(count_statements(directory))
        if "depth" in parts:
            show_depth(measure_depth(directory, rounds))
        if "slots" in parts:
            show_slots(measure_slots(directory, rounds * 3))
        if set(parts) - {"statements", "depth", "slots"}:
            reference = Reference(f"sqlite:///{directory}/reference.db", directory)
            fresh, old = Product(directory / "fresh"), Product(directory / "past")
            if "rates" in parts or "feed" in parts:
                write_past(old.file, CENTRE, SERVICE, past)
            for server in (reference, fresh, old):
                running.enter_context(server)
            measure(parts, reference, {"fresh": fresh, "past": old}, rounds=rounds, past=past)
    print(f"\nTook {time.monotonic() - began:.0f} s.")


def measure(parts: list[str], reference: Reference, products: dict[str, Product], *, rounds: int, past: int) -> None:
    """Runs the parts that need servers."""
    if "memory" in parts:
        show_memory(measure_memory(reference, products["fresh"], DISPLAYS))
    if "rates" in parts:
        show_rates(measure_rates(reference, products, rounds, 500), past)
    if "feed" in parts:
        show_feed(measure_feed(products, DISPLAYS, max(rounds // 3, 1), 100), past)


def show_statements(counts: dict[str, int]) -> None:
    """SQL statements per act."""
    line("\nSQL statements of one act (at most 15)", "")
    for act, count in counts.items():
        line(f"  {act}", str(count))


def show_depth(samples: dict[int, list[float]]) -> None:
    """What `next` costs by how many wait."""
    few, many = (median(samples[waiting]) for waiting in (FEW, MANY))
    times = median(b / a for a, b in zip(samples[FEW], samples[MANY], strict=True))
    line("\nnext, ms by how many wait (at most 1.5 times)", str(FEW), str(MANY), "ratio")
    line("  store alone", f"{few * 1000:.2f}", f"{many * 1000:.2f}", f"{times:.2f}")


def show_slots(samples: dict[int, list[float]]) -> None:
    """What a month's times cost by how many appointments are outside it."""
    none, many = (median(samples[elsewhere]) for elsewhere in (NONE, ELSEWHERE))
    times = median(b / a for a, b in zip(samples[NONE], samples[ELSEWHERE], strict=True))
    line("\nA month of 20 services, ms (at most 1.3 times)", "alone", f"{ELSEWHERE:,} more", "ratio")
    line("  reading the times", f"{none * 1000:.1f}", f"{many * 1000:.1f}", f"{times:.2f}")


def show_rates(samples: Samples, past: int) -> None:
    """Acts per second, and each one's ratio."""
    line("\nA second, 16 at once (p99 ms)", "reference", "OneDoor", "ratio", f"{past:,} past", "fresh/past")
    for act in ("tickets", "keyed tickets", "calls"):
        line(
            f"  {act}",
            _rate(samples, "reference"),
            _rate(samples, f"fresh {act}"),
            f"{ratio(samples, f'fresh {act}', 'reference'):.2f}",
            _rate(samples, f"past {act}"),
            f"{ratio(samples, f'fresh {act}', f'past {act}'):.2f}",
        )
    print("  Tickets should reach 0.6 of the reference (0.4 at least); a million past tickets may cost 1.2 at most.")


def _rate(samples: Samples, name: str) -> str:
    return f"{median(samples[name]):.0f} ({median(samples[f'{name} p99']):.0f})"


def show_feed(samples: Samples, past: int) -> None:
    """From a press to the last display."""
    line("\nPress of next -> last display, ms", "", "OneDoor", "", f"{past:,} past", "past/fresh")
    for count in DISPLAYS:
        for rank in ("p50", "p99"):
            fresh, old = (f"{name} {rank} {count}" for name in ("fresh", "past"))
            line(
                f"  {count} displays, {rank}",
                "",
                f"{median(samples[fresh]):.1f}",
                "",
                f"{median(samples[old]):.1f}",
                f"{ratio(samples, old, fresh):.2f}",
            )


def show_memory(samples: Samples) -> None:
    """What the processes hold."""
    reference = median(samples.pop("reference"))
    line("\nMemory, MB", "reference", "OneDoor", "ratio")
    for what, values in samples.items():
        line(f"  {what}", f"{reference:.0f}", f"{median(values):.0f}", f"{median(values) / reference:.2f}")


if __name__ == "__main__":
    main()
