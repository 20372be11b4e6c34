"""Revoked tokens as every process knows them."""
