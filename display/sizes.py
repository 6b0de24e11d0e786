"""How large a screen must write so that it is read from its last row of seats (docs/operating.md says the distances).

Everything is in `vmin`, the hundredth part of a panel's shorter side, which for 16:9 follows from its diagonal alone:
the same for every number of pixels, upright or lying.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

MM_PER_INCH = 25.4
SHORTER_SIDE = 9 / math.hypot(16, 9)  # of the diagonal
BODY, FLOOR = 150, 200  # a letter's height is the distance by this; the floor is the least that can be read
LAO_LETTER = 0.5625  # the height of the consonant ກ, of the size of Noto Sans Lao
WORDS = 100 * 30 / 1080  # vmin: what the design calls the size of words, where no distance is asked for
# What stands on the screen, and how much larger than designed its words can be and still fit.
LAYOUTS = (("full", 1.15), ("lean", 2.0), ("far", 4.0))
DISTANCES, DIAGONALS = (1, 30), (15, 120)  # metres, inches: what is believed


@dataclass(frozen=True, slots=True)
class Sizes:
    """`layout` says which parts there is room for, `scale` how much larger than designed they are."""

    layout: str = "full"
    scale: float = 1.0


def sizes(distance: float, diagonal: float) -> Sizes:
    """For eyes so many metres from a screen of so many inches; the more must be large, the less stands on it."""
    body, floor = (_words(distance, diagonal, share) / WORDS for share in (BODY, FLOOR))
    layout, most = next((fits for fits in LAYOUTS if floor <= fits[1]), LAYOUTS[-1])
    return Sizes(layout, round(min(max(body, 1.0), most), 3))


def _words(distance: float, diagonal: float, share: int) -> float:
    """The size of type, in vmin, whose Lao letters are as high as the distance divided by `share`."""
    millimetres_per_vmin = diagonal * MM_PER_INCH * SHORTER_SIDE / 100
    return 1000 * distance / share / LAO_LETTER / millimetres_per_vmin


def asked_sizes(asked: Mapping[str, str]) -> Sizes:
    """The sizes that an address asks for; those of the design where it asks for none, or for nonsense."""
    distance, diagonal = (_number(asked.get(name, ""), *most) for name, most in _BELIEVED.items())
    return sizes(distance, diagonal) if distance and diagonal else Sizes()


_BELIEVED = {"distance": DISTANCES, "diagonal": DIAGONALS}


def _number(text: str, least: float, most: float) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if least <= number <= most else None


def stylesheet(chosen: Sizes) -> str:
    """The one custom property that tv.css multiplies its sizes by."""
    return f":root {{ --tv-scale: {chosen.scale:g}; }}\n"
