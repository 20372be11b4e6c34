"""The rows of a month: which they are, what the champion makes of them, what they look like."""
