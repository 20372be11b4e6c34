"""The one way by which any mail leaves: content, message, outbox, delivery, and the SMTP client."""
