"""The touch kiosk: tickets, coming back, and checking in with an appointment."""

from kiosk import appointments, pages
from kiosk.pages import bp

__all__ = ["appointments", "bp", "pages"]
