"""A file is one capability and a function is one thing; past these sizes they are two."""

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.house.sources import source_files
from tests.processes import ROOT

FILE_LINES = 400
FUNCTION_LINES = 40


def test_no_file_is_longer_than_400_lines() -> None:
    lengths = {path: _lines(path) for path in source_files(".py", ".js", ".css", ".html")}
    assert {path.as_posix(): lines for path, lines in lengths.items() if lines > FILE_LINES} == {}


def test_no_function_is_longer_than_40_lines() -> None:
    lengths = {name: lines for path in source_files(".py") for name, lines in _functions(path)}
    assert {name: lines for name, lines in lengths.items() if lines > FUNCTION_LINES} == {}
    assert len(lengths) > 50, "the search for functions finds next to none"


def _lines(path: Path) -> int:
    return len((ROOT / path).read_text(encoding="utf-8").splitlines())


def _functions(path: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(ast.parse((ROOT / path).read_bytes())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield f"{path.as_posix()}:{node.lineno} {node.name}", (node.end_lineno or node.lineno) - node.lineno + 1
