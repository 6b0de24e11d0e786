"""Citizens' phones: book a time, follow a ticket, leave the queue."""
