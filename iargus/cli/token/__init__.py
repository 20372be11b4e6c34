"""`iargus token`."""
