"""The token gate: issue, authenticate, revoke."""
