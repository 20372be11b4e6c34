"""What the API predicted, recorded, and the truth that clients send back for it."""
