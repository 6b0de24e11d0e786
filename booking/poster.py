"""The poster for the door: the code that opens the centre on a phone, in two languages, on one sheet."""

from flask import Response

from answers.centres import centre_detail
from answers.guards import house, needs, store
from answers.pages import page
from booking.blueprint import bp
from booking.qr import qr_image
from commands.permissions import Permission


@bp.get("/book/<code:code>/poster")
@needs(Permission.PUBLIC)
def poster(code: str) -> Response:
    """One sheet to be printed. Raises NotFound."""
    return page("booking/poster.html", centre=centre_detail(store(), code), address=_address(code))


@bp.get("/book/<code:code>/qr.svg")
@needs(Permission.PUBLIC)
def poster_qr(code: str) -> Response:
    """The QR code of the page where one chooses what to come for. Raises NotFound."""
    centre_detail(store(), code)
    return qr_image(_address(code))


def _address(code: str) -> str:
    return f"{house().public_url}/book/{code}"
