"""Setting the service up, and examining what it depends on."""
