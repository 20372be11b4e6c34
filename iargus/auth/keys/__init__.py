"""The signing keys: made, rotated, retired, wrapped in the database."""
