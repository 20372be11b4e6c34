"""How often the rules of the monthly verdict are right, on months whose truth is known."""
