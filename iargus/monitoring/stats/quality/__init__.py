"""What is wrong with rows, by name. Pure."""
