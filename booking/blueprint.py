"""Where citizens' pages are registered."""

from flask import Blueprint

bp = Blueprint("booking", __name__)
