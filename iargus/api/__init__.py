"""The API over HTTP. Nothing outside this package knows of requests or of status codes."""
