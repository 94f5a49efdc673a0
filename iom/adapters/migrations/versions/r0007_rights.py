"""Rights and retention: corrections and who hears of them, restrictions, holds, retention reviews, certificates."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _make_corrections()
    _make_lasting("processing_restriction", "one_restriction", ("why", "since", "by_id"))
    _make_lasting("legal_hold", "one_hold", ("why", "set_at", "set_by_id"))
    _make_reviews()
    _make_certificates()


def _words(name: str, *, needed: bool = True) -> "sa.Column[object]":
    return sa.Column(name, sa.String(), nullable=not needed)


def _moment(name: str, *, needed: bool = True) -> "sa.Column[object]":
    return sa.Column(name, sa.DateTime(timezone=True), nullable=not needed)


def _account(name: str, *, needed: bool = True, index: bool = False) -> "sa.Column[object]":
    return sa.Column(name, sa.Uuid(), sa.ForeignKey("account.id"), nullable=not needed, index=index)


def _case(*, index: bool = True, unique: bool = False) -> "sa.Column[object]":
    return sa.Column(
        "case_id", sa.Uuid(), sa.ForeignKey("cases.id"), nullable=False, index=index, unique=unique
    )


def _make_corrections() -> None:
    op.create_table(
        "correction",
        sa.Column("id", sa.Uuid(), primary_key=True),
        _case(),
        _words("field"),
        _words("was", needed=False),
        _words("is_now", needed=False),
        _words("reason"),
        _moment("at"),
        _account("by_id"),
    )
    op.create_table(
        "correction_notice",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("correction_id", sa.Uuid(), sa.ForeignKey("correction.id"), nullable=False, index=True),
        _case(),
        _words("ref"),
        _words("field"),
        _account("account_id", needed=False, index=True),
        _words("recipient", needed=False),
        _moment("at"),
        _moment("acknowledged_at", needed=False),
        _account("acknowledged_by_id", needed=False),
    )


def _make_lasting(table: str, one: str, began: tuple[str, str, str]) -> None:
    """Something that lasts on a case until it is lifted, one at a time."""
    why, since, by = began
    op.create_table(
        table,
        sa.Column("id", sa.Uuid(), primary_key=True),
        _case(index=False),
        _words(why),
        _moment(since),
        _account(by),
        _moment("lifted_at", needed=False),
        _account("lifted_by_id", needed=False),
        _words("lifted_why", needed=False),
    )
    op.create_index(one, table, ["case_id"], unique=True, postgresql_where=sa.text("lifted_at is null"))


def _make_reviews() -> None:
    op.create_table(
        "retention_review",
        sa.Column("id", sa.Uuid(), primary_key=True),
        _case(),
        _moment("reviewed_at"),
        _account("reviewed_by_id"),
        _words("decision"),
        sa.Column("retention_group", sa.Integer(), nullable=False),
        *map(_words, ("necessary", "harm", "recency", "protection")),
        sa.Column("next_review_on", sa.Date()),
        _moment("signed_at", needed=False),
        _account("signed_by_id", needed=False),
    )


def _make_certificates() -> None:
    op.create_table(
        "erasure",
        sa.Column("id", sa.Uuid(), primary_key=True),
        _case(index=False, unique=True),
        _words("ref"),
        _moment("at"),
        _account("by_id"),
        *map(_words, ("ground", "rule")),
        sa.Column("gone", postgresql.JSONB(), nullable=False),
        sa.Column("kept", postgresql.JSONB(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
    )
