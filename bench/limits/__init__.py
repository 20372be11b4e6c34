"""How exact rate limits are over processes and hosts, and what a decision costs."""
