"""Kills the monthly run around every side effect, starts it again, and compares the end states."""
