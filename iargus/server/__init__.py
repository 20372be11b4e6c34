"""The server process: gunicorn worker and hooks, protocol guards, TLS."""
