"""The reference of the documentation, generated from the code into the pages of `make docs`."""
