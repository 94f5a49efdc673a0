"""The record of looks becomes a chain: one lane for each connection, the database's own work (ADR 0010)."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

TEXT = """pg_catalog.json_build_array(
    {row}.id, (extract(epoch from {row}.at) * 1000000)::bigint, {row}.account_id, {row}.role, {row}.agency_id,
    {row}.session_id, {row}.action, {row}.case_id, {row}.object, {row}.purpose, {row}.terms, {row}.justification,
    {row}.recipient, {row}.channel, {row}.address, {lane}, {place})::text"""
"""What of a row is hashed. A change here is a new function in a new migration, and a break in every lane."""


def _hash(before: str, place: str, row: str = "new", lane: str = "here") -> str:
    return f"sha256({before} || convert_to({TEXT.format(row=row, lane=lane, place=place)}, 'UTF8'))"


CHAIN = f"""
create function audit_chain() returns trigger
language plpgsql security definer set search_path = '' as $$
declare
    here constant bigint := pg_backend_pid();
begin
    new.id := nextval('public.audit_id_seq');
    update public.audit_head head set place = head.place + 1, hash = {_hash("head.hash", "head.place + 1")}
    where head.lane = here returning head.place, head.hash into new.place, new.hash;
    if not found then
        new.place := 1;
        new.hash := {_hash("''::bytea", "1")};
        insert into public.audit_head (lane, place, hash) values (here, new.place, new.hash);
    end if;
    new.lane := here;
    return new;
end
$$
"""  # noqa: S608

REFUSE = """
create function audit_refuse() returns trigger language plpgsql set search_path = '' as $$
begin
    raise exception '% of % is refused: the record of looks is only added to', lower(tg_op), tg_table_name
    using errcode = 'insufficient_privilege';
end
$$
"""

BEFORE = f"""
do $$
declare
    earlier record;
    before bytea := '';
    number bigint := 0;
begin
    for earlier in select * from audit order by id loop
        number := number + 1;
        before := {_hash("before", "number", row="earlier", lane="0")};
        update audit set lane = 0, place = number, hash = before where id = earlier.id;
    end loop;
    if number > 0 then
        insert into audit_head (lane, place, hash) values (0, number, before);
    end if;
end
$$
"""  # noqa: S608
"""What was written before there were lanes is lane 0, as it stands."""

KEPT = (("audit", "update or delete or truncate"), ("audit_seal", "update or delete or truncate"))
FILLED = ("lane", "place", "hash")


def upgrade() -> None:
    _make_tables()
    _widen_audit()
    op.execute(BEFORE)
    for column in FILLED:
        op.alter_column("audit", column, nullable=False)
    op.create_unique_constraint("audit_place_in_lane", "audit", ["lane", "place"])
    op.execute(CHAIN)
    op.execute(REFUSE)
    op.execute("revoke all on function audit_chain(), audit_refuse() from public")
    op.execute("create trigger chain before insert on audit for each row execute function audit_chain()")
    for table, deeds in (*KEPT, ("audit_head", "delete or truncate")):
        op.execute(
            f"create trigger refuse before {deeds} on {table} for each statement execute function audit_refuse()"
        )


def _make_tables() -> None:
    op.create_table(
        "audit_head",
        sa.Column("lane", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("place", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("lane"),
    )
    op.execute("alter table audit_head set (fillfactor = 50)")
    op.create_table(
        "audit_seal",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lane", sa.BigInteger(), nullable=False),
        sa.Column("place", sa.BigInteger(), nullable=False),
        sa.Column("head", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_index("audit_seal_of_lane", "audit_seal", ["lane", "number"])


def _widen_audit() -> None:
    op.drop_constraint("audit_account_id_fkey", "audit", type_="foreignkey")
    op.drop_index("ix_audit_case_id", "audit")
    op.execute("alter table audit alter column id drop default, alter column id type bigint")
    op.execute("alter sequence audit_id_seq as bigint")
    for name in ("role", "terms", "justification", "recipient"):
        op.add_column("audit", sa.Column(name, sa.String()))
    for name in ("agency_id", "session_id"):
        op.add_column("audit", sa.Column(name, sa.Uuid()))
    for name in ("lane", "place"):
        op.add_column("audit", sa.Column(name, sa.BigInteger()))
    op.add_column("audit", sa.Column("hash", sa.LargeBinary()))
    op.create_index(
        "audit_of_case", "audit", ["case_id", "id"], postgresql_where=sa.text("case_id is not null")
    )
    op.create_index("audit_of_account", "audit", ["account_id", "id"])
    op.create_index("audit_at", "audit", ["at"], postgresql_using="brin")
    op.create_index(
        "audit_lists",
        "audit",
        [sa.text("string_to_array(split_part(object, ':'::text, 2), ','::text)")],
        postgresql_using="gin",
        postgresql_where=sa.text("object ~~ 'cases:%'"),
    )
