"""What a gated route does first: rate limit, body, token."""
