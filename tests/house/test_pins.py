"""What is installed is what was tested, from public places, and without what is known to break the product."""

import json
import re
from pathlib import Path

import pytest

from tests.processes import ROOT

PINS = sorted(ROOT.glob("requirements*.txt"), key=lambda path: path.name)


@pytest.mark.parametrize("pins", PINS, ids=lambda path: path.stem)
def test_every_package_is_pinned_with_hashes_and_names_no_address(pins: Path) -> None:
    entries = re.split(r"\n(?=[a-zA-Z0-9])", re.sub(r"^\s*#.*\n", "", pins.read_text(), flags=re.MULTILINE).strip())
    assert [entry for entry in entries if not re.match(r"[\w.-]+(\[[\w,]+])?==\S+ \\\n\s+--hash=sha256:", entry)] == []
    assert "://" not in pins.read_text()


def test_lock_of_browser_files_has_hashes_and_names_no_registry() -> None:
    packages = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    assert [name for name, package in packages.items() if name and "integrity" not in package] == []
    assert [name for name, package in packages.items() if "resolved" in package] == []


def test_gevent_websocket_is_never_installed() -> None:
    # Where it can be imported, gunicorn's gevent worker refuses every websocket and clients silently stay on polling.
    named = [pins.name for pins in PINS if re.search(r"^gevent-websocket\b", pins.read_text(), re.MULTILINE)]
    assert named == []
