"""The command line: `iargus --help`."""
