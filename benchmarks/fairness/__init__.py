"""Who waits how long under OneDoor's order and under others, on the same made-up days: `make fairness`."""
