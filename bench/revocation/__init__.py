"""How long a revocation takes to reach every worker of every host."""
