"""Who may use the service: tokens, their keys, revocation, and how they are issued."""
