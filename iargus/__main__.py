"""`python -m iargus`: the same as the command `iargus`."""

from iargus.cli.main import main

main()
