"""QR codes as small SVG images: one path with its dark runs merged, kept in memory for the tickets of the hour."""

from functools import lru_cache
from itertools import groupby

from flask import Response, make_response
from qrcode.constants import ERROR_CORRECT_M
from qrcode.main import QRCode

_QUIET_ZONE = 4  # modules of white that the standard asks for on each side


def qr_image(text: str) -> Response:
    """The answer that carries it: the holder's browser may keep it for good."""
    headers = {"Cache-Control": "private, max-age=31536000, immutable", "X-Robots-Tag": "noindex"}
    return make_response(qr_svg(text), 200, {"Content-Type": "image/svg+xml", **headers})


@lru_cache(maxsize=2048)
def qr_svg(text: str) -> str:
    """The QR code of a text as an SVG image."""
    code = QRCode(error_correction=ERROR_CORRECT_M, border=_QUIET_ZONE)
    code.add_data(text)
    rows = code.get_matrix()
    path = "".join(_runs(y, row) for y, row in enumerate(rows))
    size = len(rows)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}" shape-rendering="crispEdges">'
        f'<path fill="#fff" d="M0 0h{size}v{size}H0z"/><path d="{path}"/></svg>'
    )


def _runs(y: int, row: list[bool]) -> str:
    said, x = "", 0
    for dark, modules in groupby(row):
        length = len(list(modules))
        if dark:
            said += f"M{x} {y}h{length}v1h-{length}z"
        x += length
    return said
