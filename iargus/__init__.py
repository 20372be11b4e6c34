"""IArgus: a token-secured prediction API with scheduled drift monitoring."""
