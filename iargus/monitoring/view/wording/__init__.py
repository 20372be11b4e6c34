"""Everything that is said about a month, each fact worded once: pure functions of its view."""
