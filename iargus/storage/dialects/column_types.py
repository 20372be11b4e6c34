"""Types of columns that databases name differently."""

from __future__ import annotations

from sqlalchemy import BigInteger, Integer, LargeBinary, Text
from sqlalchemy.dialects.mysql import LONGTEXT, MEDIUMBLOB

# SQLite counts rows by itself only in a column of exactly the type INTEGER.
ROW_ID = BigInteger().with_variant(Integer, "sqlite")
# Without these MySQL takes 64 KiB.
LONG_TEXT = Text().with_variant(LONGTEXT(), "mysql", "mariadb")
PICTURE = LargeBinary().with_variant(MEDIUMBLOB(), "mysql", "mariadb")
