"""Readings of names once for all who bear them; `upgrade.to_head` makes them anew."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.drop_table("search_name")
    op.create_table(
        "search_name",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("pinyin", sa.String(length=160), nullable=False),
        sa.Column("initials", sa.String(length=40), nullable=False),
        sa.Column("given", sa.String(length=160), nullable=False),
        sa.Column("folded", sa.String(length=160), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_name")),
    )
    with op.batch_alter_table("search_name", schema=None) as batch_op:
        batch_op.create_index("ix_search_name_folded", ["folded"], unique=False)
        batch_op.create_index("ix_search_name_given", ["given"], unique=False)
        batch_op.create_index("ix_search_name_initials", ["initials"], unique=False)
        batch_op.create_index("ix_search_name_name", ["name"], unique=False)
        batch_op.create_index("ix_search_name_pinyin", ["pinyin"], unique=False)
