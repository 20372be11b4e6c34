"""`iargus serve`."""
