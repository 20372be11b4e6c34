"""Has what comes in changed? Pure: summaries of columns, and their comparison."""
