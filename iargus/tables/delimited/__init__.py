"""Tables in text with delimiters: CSV and its relatives."""
