"""Writes docs/fairness.md: `make fairness`."""

from pathlib import Path

from benchmarks.fairness.comparison import compare
from benchmarks.fairness.page import write_page

PAGE = Path(__file__).parents[2] / "docs" / "fairness.md"

if __name__ == "__main__":
    PAGE.write_text(write_page(compare()), encoding="utf-8")
    print(f"wrote {PAGE}")
