from pathlib import Path

import pytest

from tests.config.files import Write


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes a catalogue and says where it is."""

    def to_file(text: str | bytes) -> Path:
        path = tmp_path / "catalogue.toml"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return to_file
