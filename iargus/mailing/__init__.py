"""What every mail of IArgus needs: the mail server, the sender, how a message is written."""
