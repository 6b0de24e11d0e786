"""A real log fed through a running server, as its kiosk, its counters and its people would have."""
