"""The waiting-room TV, and the live feed that every screen uses."""
