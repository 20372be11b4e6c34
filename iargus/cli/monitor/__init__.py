"""`iargus monitor`."""
