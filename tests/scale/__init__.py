"""Races at size: real client processes against a running server, with the lock and without it."""
