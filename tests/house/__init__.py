"""Tests about the house itself: what the code may import, how long it may be, what it pins."""
