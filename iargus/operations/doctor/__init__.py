"""What `iargus doctor` examines, each thing by itself."""
