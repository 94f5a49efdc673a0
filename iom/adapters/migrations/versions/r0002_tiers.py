"""Who may see what: a table for each tier of a case, so that rows can be fenced off, and agencies' agreements."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

MOVED_TO_ASSESSMENT = (
    "cohort",
    "rag",
    "index_offence_code",
    "index_offence",
    "sentence_start_on",
    "sentence_end_on",
    "arp_score",
    "csrp_score",
    "rosh",
    "last_contact_on",
    "notes",
)
MOVED_TO_WHEREABOUTS = ("custody_status", "establishment", "earliest_release_on")


def upgrade() -> None:
    """Moves what stood on a case's cover to a table per tier, and what was written on steps to remarks."""
    _make_tables()
    _move_rows()
    for column in (*MOVED_TO_ASSESSMENT, *MOVED_TO_WHEREABOUTS, "adopted_on"):
        op.drop_column("cases", column)
    op.drop_column("step", "reason")
    op.drop_column("step", "note")


def _make_tables() -> None:
    op.create_table(
        "agreement",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("agency_id", sa.Uuid(), sa.ForeignKey("agency.id"), nullable=False, index=True),
        sa.Column("ref", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("tiers", postgresql.ARRAY(sa.TEXT()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("signed_on", sa.Date(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
    )
    op.create_table("adoption", _of_case(), sa.Column("adopted_on", sa.Date(), nullable=False))
    op.create_table(
        "whereabouts",
        _of_case(),
        sa.Column("custody_status", sa.String(), nullable=False),
        sa.Column("establishment", sa.String()),
        sa.Column("earliest_release_on", sa.Date()),
    )
    op.create_table(
        "assessment",
        _of_case(),
        sa.Column("cohort", sa.String()),
        sa.Column("rag", sa.String()),
        sa.Column("index_offence_code", sa.String()),
        sa.Column("index_offence", sa.String()),
        sa.Column("sentence_start_on", sa.Date()),
        sa.Column("sentence_end_on", sa.Date()),
        sa.Column("arp_score", sa.Float()),
        sa.Column("csrp_score", sa.Float()),
        sa.Column("rosh", sa.String()),
        sa.Column("last_contact_on", sa.Date()),
        sa.Column("notes", sa.String(), nullable=False),
    )
    op.create_table(
        "remark",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("step_id", sa.Uuid(), sa.ForeignKey("step.id"), nullable=False, index=True),
        sa.Column("case_id", sa.Uuid(), sa.ForeignKey("cases.id"), nullable=False, index=True),
        sa.Column("tier", sa.String(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), sa.ForeignKey("agency.id"), nullable=False),
        sa.Column("by_id", sa.Uuid(), sa.ForeignKey("account.id"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.String()),
        sa.Column("note", sa.String()),
    )
    op.add_column("cases", sa.Column("restricted_at", sa.DateTime(timezone=True)))
    op.create_index(
        "cases_restricted", "cases", ["id"], postgresql_where=sa.text("restricted_at is not null")
    )


def _of_case() -> sa.Column[object]:
    return sa.Column("case_id", sa.Uuid(), sa.ForeignKey("cases.id"), primary_key=True)


def _move_rows() -> None:
    for table, columns in (("assessment", MOVED_TO_ASSESSMENT), ("whereabouts", MOVED_TO_WHEREABOUTS)):
        names = ", ".join(columns)
        op.execute(f"insert into {table} (case_id, {names}) select id, {names} from cases")  # noqa: S608
    op.execute("insert into adoption select id, adopted_on from cases where adopted_on is not null")
    op.execute(
        "insert into remark (id, step_id, case_id, tier, owner, agency_id, by_id, at, reason, note)"
        " select gen_random_uuid(), step.id, case_id,"
        " case owner when 'treatment_worker' then 'T4' when 'mentor' then 'T5' else 'T2' end,"
        " owner, account.agency_id, account.id, closed_at, reason, note"
        " from step join account on account.id = closed_by_id where reason is not null or note is not null"
    )
    op.execute(
        "insert into agreement (id, agency_id, ref, title, tiers, signed_on, expires_on)"
        " select gen_random_uuid(), id, 'PROVISIONAL', '', '{T0,T1,T2,T3,T4,T5}', current_date,"
        " current_date + 365 from agency"
    )
