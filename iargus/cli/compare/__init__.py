"""`iargus compare`."""
