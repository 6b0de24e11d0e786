"""Where staff's pages are registered."""

from flask import Blueprint

bp = Blueprint("counter", __name__)
