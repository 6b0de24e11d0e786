"""The rules, pure: states, numbering, who is next and why, journeys, hours. No framework, no clock, no I/O."""
