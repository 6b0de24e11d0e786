"""The JSON API and its OpenAPI document."""

from api import centres, counters, documents, statistics, tickets
from api.endpoint import bp

__all__ = ["bp", "centres", "counters", "documents", "statistics", "tickets"]
