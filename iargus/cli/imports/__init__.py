"""`iargus import`."""
