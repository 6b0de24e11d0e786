"""Citizens' phones: book a time, join today's queue, follow a ticket, leave."""

from booking import appointments, choose, poster, tickets
from booking.blueprint import bp

__all__ = ["appointments", "bp", "choose", "poster", "tickets"]
