"""Measurements, and walks too long for the tests. Each file runs by itself and says what it did."""
