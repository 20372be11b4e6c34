"""The report of one task in one run: a single HTML page, made from its view alone."""
