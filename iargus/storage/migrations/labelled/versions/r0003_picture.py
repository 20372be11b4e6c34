"""The picture that a mail shows."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.mysql import MEDIUMBLOB

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # MySQL keeps what an upgrade did before it was cut off, so the column may be there.
    there = {column["name"] for column in sa.inspect(op.get_bind()).get_columns("outbox")}
    if "picture" not in there:
        picture = sa.LargeBinary().with_variant(MEDIUMBLOB(), "mysql", "mariadb")
        op.add_column("outbox", sa.Column("picture", picture))
