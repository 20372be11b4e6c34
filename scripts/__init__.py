"""What is started by hand or by make, beside the program."""
