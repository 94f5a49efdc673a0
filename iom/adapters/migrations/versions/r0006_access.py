"""Access beyond the team, notes with tiers, consent and public-interest decisions."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
STATUSES = "kind <> 'support_status' or words in ('offered', 'accepted', 'active', 'closed')"


def upgrade() -> None:
    _access()
    _notes()


def _access() -> None:
    op.create_table(
        "access_request",
        _id(),
        _of("case_id", "cases"),
        _of("account_id", "account"),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("decided_at", MOMENT, nullable=True),
        _of("decided_by_id", "account", nullable=True),
        sa.Column("decision", sa.String(), nullable=True),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("until_at", MOMENT, nullable=True),
    )
    waiting = sa.text("decided_at is null")
    op.create_index(
        "access_request_open",
        "access_request",
        ["case_id", "account_id"],
        unique=True,
        postgresql_where=waiting,
    )
    op.create_table(
        "access_grant",
        _id(),
        _of("case_id", "cases"),
        _of("account_id", "account"),
        sa.Column("from_at", MOMENT, nullable=False),
        sa.Column("until_at", MOMENT, nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("request_id", sa.Uuid(), sa.ForeignKey("access_request.id"), nullable=True, unique=True),
        _of("granted_by_id", "account"),
        sa.Column("reviewed_at", MOMENT, nullable=True),
        _of("reviewed_by_id", "account", nullable=True),
        sa.Column("finding", sa.String(), nullable=True),
        sa.Column("review_words", sa.String(), nullable=False),
    )
    op.create_index("ix_access_grant_case_id", "access_grant", ["case_id"])
    op.create_index("ix_access_grant_account_id", "access_grant", ["account_id"])


def _notes() -> None:
    op.create_table(
        "note",
        _id(),
        _of("case_id", "cases"),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("tier", "kind", "source")),
        _of("by_id", "account"),
        _of("agency_id", "agency"),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.CheckConstraint(STATUSES, name="note_says_status_only"),
    )
    op.create_table(
        "consent",
        *_sharing(),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("given_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        _of("recorded_by_id", "account"),
        sa.Column("withdrawn_at", MOMENT, nullable=True),
    )
    op.create_table(
        "public_interest_decision",
        *_sharing(),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("person_told", sa.Boolean(), nullable=False),
        sa.Column("seniority", sa.String(), nullable=False),
        sa.Column("decided_at", MOMENT, nullable=False),
        _of("decided_by_id", "account"),
        sa.Column("until_on", sa.Date(), nullable=False),
    )
    for table in ("note", "consent", "public_interest_decision"):
        op.create_index(f"ix_{table}_case_id", table, ["case_id"])


def _id() -> sa.Column[object]:
    return sa.Column("id", sa.Uuid(), primary_key=True)


def _of(name: str, table: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.Uuid(), sa.ForeignKey(f"{table}.id"), nullable=nullable)


def _sharing() -> tuple[sa.Column[object], ...]:
    named: sa.Column[object] = sa.Column("agencies", postgresql.ARRAY(sa.Uuid()), nullable=False)
    return _id(), _of("case_id", "cases"), _of("agency_id", "agency"), named
