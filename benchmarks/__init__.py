"""What OneDoor does in a second, beside a plain reference on the same server: `make bench`."""
