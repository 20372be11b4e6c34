"""Faults at random under load, and a check of everything that was answered meanwhile."""
