"""What the import contracts in pyproject.toml cannot say: about server.py, which is no package, and about the rules."""

import ast
import tomllib
from collections.abc import Iterator
from pathlib import Path

from tests.house.sources import source_files
from tests.processes import ROOT

IMPURE_MODULES = {
    "asyncio", "io", "locale", "logging", "multiprocessing", "os", "pathlib", "random", "secrets", "shutil", "socket",
    "sqlite3", "subprocess", "sys", "tempfile", "threading", "time", "urllib", "uuid",
}  # fmt: skip
IMPURE_CALLS = {"now", "utcnow", "today", "open", "print", "input", "Random"}
NAMED_ONLY = {("random", "Random")}  # chance comes in as an argument, and its type has a name


def test_only_the_command_line_and_tests_import_server() -> None:
    importers = {path.as_posix() for path in source_files(".py") if "server" in _imported_roots(path)}
    assert {path for path in importers if not path.startswith(("tests/", "benchmarks/"))} == set()


def test_import_contracts_know_every_package() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    packages = {path.parts[0] for path in source_files(".py") if len(path.parts) > 1} - {"tests"}
    assert packages == set(contracts["root_packages"])


def test_rules_read_no_clock_and_do_no_input_or_output() -> None:
    impure = {
        f"{path.as_posix()}: {name}"
        for path in source_files(".py")
        if path.parts[0] == "queueing"
        for name in _imported_roots(path) & IMPURE_MODULES | _called_names(path) & IMPURE_CALLS
    }
    assert impure == set()


def _nodes(path: Path) -> Iterator[ast.AST]:
    return ast.walk(ast.parse((ROOT / path).read_bytes()))


def _imported_roots(path: Path) -> set[str]:
    names: set[str] = set()
    for node in _nodes(path):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module for alias in node.names if (node.module, alias.name) not in NAMED_ONLY}
    return {name.partition(".")[0] for name in names}


def _called_names(path: Path) -> set[str]:
    called = [node.func for node in _nodes(path) if isinstance(node, ast.Call)]
    return {f.attr for f in called if isinstance(f, ast.Attribute)} | {f.id for f in called if isinstance(f, ast.Name)}
