"""Mails about a month: why, what they say, and how they are sent."""
