"""The monthly run: its lock, its steps, its records."""
