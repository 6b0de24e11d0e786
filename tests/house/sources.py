"""The product's own source files: what git would hold, found without git, so that a release can be tested too."""

from collections.abc import Iterator
from pathlib import Path

from tests.processes import ROOT

NOT_OURS = (".venv", "node_modules", "static/vendor", "store/migrations/versions", "var")
HIDDEN_OR_MADE = (".", "__pycache__")


def source_files(*suffixes: str) -> Iterator[Path]:
    """Files of ours with one of `suffixes` (".py"), relative to the root, in order."""
    for path in sorted(ROOT.rglob("*")):
        inside = path.relative_to(ROOT)
        if path.suffix in suffixes and not _is_foreign(inside):
            yield inside


def _is_foreign(inside: Path) -> bool:
    return inside.as_posix().startswith(NOT_OURS) or any(part.startswith(HIDDEN_OR_MADE) for part in inside.parts)
