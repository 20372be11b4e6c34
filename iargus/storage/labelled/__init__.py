"""Labelled rows of every task: what arrived, with the truth, in order of time."""
