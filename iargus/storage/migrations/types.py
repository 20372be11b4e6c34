"""Types and options of columns and tables that all revisions share; they must never change."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Integer, Text
from sqlalchemy.dialects.mysql import LONGTEXT

ROW_ID = BigInteger().with_variant(Integer, "sqlite")
LONG_TEXT = Text().with_variant(LONGTEXT(), "mysql", "mariadb")

# Whatever the server's defaults are: every character there is, and the same order of text on
# MySQL 8 and on MariaDB, whose newest collations differ.
OPTIONS: dict[str, Any] = {
    "mysql_engine": "InnoDB",
    "mysql_default_charset": "utf8mb4",
    "mysql_collate": "utf8mb4_unicode_ci",
}
