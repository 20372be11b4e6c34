"""What people write in tables, read the same way by every program that takes it."""
