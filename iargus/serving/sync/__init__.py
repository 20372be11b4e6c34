"""The one process of a host that fetches, verifies and places versions."""
