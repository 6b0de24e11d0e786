"""A pad of numbered paper tickets as one file: a page to be printed anywhere, its letters and its emblem within it."""

import base64
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from answers.words import mark, named, speaking
from commands.paper import print_pad
from store.centre import CentreInfo
from store.unit import Store

_HERE = Path(__file__).parent.parent
_STATIC = _HERE / "static"
_ON_A_SHEET = 10  # two in a row, five rows: what static/css/pad.css has room for
_FACE = re.compile(r"@font-face \{.*?\}", re.S)
_FILE = re.compile(r'url\("/static/([^"]+)"\)')


def pad_page(centre: CentreInfo, numbers: Sequence[str]) -> str:
    """The sheets of a pad, to be printed on A4 and cut, in the centre's first language and the second one."""
    jinja = Environment(
        loader=FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    jinja.globals.update(named=named, N_=mark)
    sheets = [numbers[first : first + _ON_A_SHEET] for first in range(0, len(numbers), _ON_A_SHEET)]
    return jinja.get_template("paper/pad.html").render(
        **speaking(centre.languages[0]), centre=centre, sheets=sheets, style=_style(), emblem=_emblem()
    )


def _style() -> Markup:
    faces = "\n".join(_FACE.findall(_read("css/tokens.css")))
    return Markup(_FILE.sub(_within, faces) + _read("css/pad.css"))  # noqa: S704 - our own files


def _within(found: re.Match[str]) -> str:
    letters = base64.b64encode((_STATIC / found[1]).read_bytes()).decode()
    return f'url("data:font/woff2;base64,{letters}")'


def _emblem() -> str:
    return f"data:image/svg+xml;base64,{base64.b64encode((_STATIC / 'img/champa.svg').read_bytes()).decode()}"


def _read(name: str) -> str:
    return (_STATIC / name).read_text(encoding="utf-8")


@dataclass(frozen=True, slots=True)
class Pad:
    """A pad that was written: its numbers, and where."""

    numbers: Sequence[str]
    file: Path


def make_pad(store: Store, code: str, series: str, count: int, out: Path | None = None) -> Pad:
    """Writes the next pad of a series. Its numbers are counted before: what then fails leaves them out, never twice.

    Raises Invalid, NotFound, Busy, and OSError for a file that is there already or cannot be written.
    """
    if out is not None and out.exists():
        raise FileExistsError(f"{out} is there already")
    with store.unit(code, "print-pad") as unit:
        numbers, centre = print_pad(unit, series, count), unit.centre
    file = out or Path(f"pad-{code}-{numbers[0]}.html")
    with file.open("x", encoding="utf-8") as page:
        page.write(pad_page(centre, numbers))
    return Pad(numbers, file)
