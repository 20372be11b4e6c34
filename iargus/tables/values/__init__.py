"""What texts in tables mean: numbers and dates, one by one and as a whole column writes them."""
