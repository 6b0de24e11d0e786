"""Managers' pages: today, the waits of a period, and the settings that a day needs."""

from office import appointments, devices, hours, messages, pages, people, record, settings, waits
from office.blueprint import bp

__all__ = ["appointments", "bp", "devices", "hours", "messages", "pages", "people", "record", "settings", "waits"]
