"""How fast labelled rows are read from MariaDB in a stream and scored, and in how much memory."""
