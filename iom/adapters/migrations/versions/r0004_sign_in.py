"""Signing in: second factors, links by e-mail, tries, limits of sessions, and what was done to accounts."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Everybody signs in anew. Whoever had an account by now counts as recertified and not dormant today."""
    _change_accounts()
    _change_sessions()
    _make_second_factors()
    _make_ways_in()
    _make_notes()


def _moment(name: str, *, needed: bool = False) -> "sa.Column[object]":
    return sa.Column(name, sa.DateTime(timezone=True), nullable=not needed)


def _account(name: str = "account_id", *, needed: bool = True, index: bool = False) -> "sa.Column[object]":
    return sa.Column(name, sa.Uuid(), sa.ForeignKey("account.id"), nullable=not needed, index=index)


def _change_accounts() -> None:
    op.add_column(
        "account", sa.Column("by_link", sa.Boolean(), server_default=sa.text("false"), nullable=False)
    )
    op.add_column("account", _moment("recertified_at"))
    op.add_column("account", _account("recertified_by_id", needed=False))
    op.add_column("account", _moment("unlocked_at"))
    op.execute("update account set recertified_at = now(), unlocked_at = now()")


def _change_sessions() -> None:
    op.drop_table("session")
    op.create_table(
        "session",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False, unique=True),
        _account(),
        sa.Column("form_token", sa.String(), nullable=False),
        sa.Column("how", sa.String(), nullable=False),
        _moment("began_at", needed=True),
        _moment("seen_at", needed=True),
        sa.Column("idle_minutes", sa.Integer(), nullable=False),
        _moment("until", needed=True),
        _moment("confirmed_at"),
        _moment("ended_at"),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("agent", sa.String(), nullable=False),
    )
    op.create_index("session_of_account", "session", ["account_id", "began_at"])


def _make_second_factors() -> None:
    op.create_table(
        "second_factor",
        sa.Column("account_id", sa.Uuid(), sa.ForeignKey("account.id"), primary_key=True),
        sa.Column("secret", sa.String(), nullable=False),
        _moment("set_up_at", needed=True),
        sa.Column("last_counter", sa.BigInteger(), nullable=False),
    )
    op.create_table(
        "recovery_code",
        sa.Column("code_hash", sa.LargeBinary(), primary_key=True),
        _account(index=True),
        _moment("made_at", needed=True),
        _moment("used_at"),
    )


def _make_ways_in() -> None:
    op.create_table(
        "half_sign_in",
        sa.Column("token_hash", sa.LargeBinary(), primary_key=True),
        _account(index=True),
        sa.Column("form_token", sa.String(), nullable=False),
        sa.Column("how", sa.String(), nullable=False),
        sa.Column("next", sa.String(), nullable=False),
        _moment("began_at", needed=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("secret", sa.String()),
        _moment("ended_at"),
    )
    op.create_table(
        "sign_in_link",
        sa.Column("id", sa.Uuid(), primary_key=True),
        _account(needed=False, index=True),
        sa.Column("browser_hash", sa.LargeBinary(), nullable=False),
        sa.Column("next", sa.String(), nullable=False),
        _moment("asked_at", needed=True),
        _moment("until", needed=True),
        _moment("lettered_at"),
        sa.Column("token_hash", sa.LargeBinary(), unique=True),
        _moment("used_at"),
    )
    op.create_table(
        "sign_in_try",
        sa.Column("id", sa.BigInteger(), primary_key=True),
        _moment("at", needed=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("account_key", sa.LargeBinary(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        _moment("succeeded_at"),
    )
    op.create_index("sign_in_try_of_address", "sign_in_try", ["address", "at"])
    op.create_index("sign_in_try_of_account", "sign_in_try", ["account_key", "at"])


def _make_notes() -> None:
    op.create_table(
        "kept_form",
        sa.Column("id", sa.Uuid(), primary_key=True),
        _account(index=True),
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("fields", postgresql.JSONB(), nullable=False),
        _moment("kept_at", needed=True),
    )
    op.create_table(
        "staff_change",
        sa.Column("id", sa.BigInteger(), primary_key=True),
        _moment("at", needed=True),
        _account(index=True),
        _account("by_id", needed=False),
        sa.Column("change", sa.String(), nullable=False),
        sa.Column("said", sa.String(), nullable=False),
    )
