"""The JSON API and its OpenAPI document."""

from api import appointments, centres, counters, documents, statistics, tickets
from api.endpoint import bp

__all__ = ["appointments", "bp", "centres", "counters", "documents", "statistics", "tickets"]
