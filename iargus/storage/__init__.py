"""Databases: connections, schema, migrations, paging, locks, labelled rows."""
