"""What can be done to a centre: one function is one act and its events, within a unit."""
