"""The record of looks as a chain: everything done to it behind the service's back is found, and where."""

# ruff: noqa: S608 - tampering is done in plain SQL, with values of our own

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from uuid import uuid4

import psycopg
import pytest
from alembic import command
from alembic.config import Config
from psycopg.errors import InsufficientPrivilege
from psycopg.rows import dict_row
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url
from sqlmodel import SQLModel

from iom.adapters.database import MIGRATIONS, Connection
from iom.adapters.store import audit, audit_chain
from iom.adapters.store.audit import Look
from iom.adapters.store.audit_chain import Reading
from iom.chain import FaultKind

AT = datetime(2026, 9, 1, 9, 0, 0, 123456, tzinfo=UTC)


@asynccontextmanager
async def connected(url: str) -> AsyncIterator[Connection]:
    async with await psycopg.AsyncConnection.connect(url, row_factory=dict_row) as conn:
        yield conn


async def look(conn: Connection, count: int = 1) -> None:
    """So many looks, one transaction each, with every column filled and letters that are escaped."""
    for number in range(count):
        thing = Look(
            uuid4(), "consult", f'case:LX-{number:04}"\\\n\x7fé', "case", "test", uuid4(), "10.0.0.1", "mentor",
            uuid4(), uuid4(), "Trevanion\t\x01😀", "asked by the court", f"agency:{uuid4()}",
        )  # fmt: skip
        await audit.write(conn, thing, AT)
        await conn.commit()


async def seal(conn: Connection) -> audit_chain.Sealed:
    sealed = await audit_chain.seal(conn, AT)
    await conn.commit()
    return sealed


async def read(url: str, stands: str = "") -> Reading:
    async with connected(url) as conn:
        return await audit_chain.read_through(conn, stands)


async def tamper(url: str, *statements: str) -> None:
    """As somebody who owns the database and lets no trigger stand in the way."""
    async with connected(url) as conn:
        await conn.execute("set session_replication_role = replica")
        for statement in statements:
            await conn.execute(statement.encode())


@pytest.fixture
async def looked(database_url: str) -> str:
    """A database in which two connections looked, five times and three times, and which was sealed between."""
    async with connected(database_url) as one, connected(database_url) as other:
        await look(one, 4)
        await look(other, 3)
        await seal(one)
        await look(one, 1)
    return database_url


async def test_a_record_nobody_touched_is_sound(looked: str) -> None:
    reading = await read(looked)
    assert (reading.rows, reading.lanes, reading.seals) == (8, 2, 2)
    assert reading.faults == []


def test_every_column_but_the_hash_itself_is_hashed() -> None:
    columns = {column.name for column in SQLModel.metadata.tables["audit"].columns} - {"hash"}
    assert {name for name in columns if f"audit.{name}" not in audit_chain.TEXT} == set()


@pytest.mark.parametrize(
    "change",
    [
        "purpose = purpose || '.'", "terms = null", "at = at + interval '1 microsecond'", "id = -id",
        "hash = set_byte(hash, 0, get_byte(hash, 0) # 1)", "agency_id = gen_random_uuid()", "address = ''",
    ],
)  # fmt: skip
async def test_one_altered_value_is_found_where_it_is(looked: str, change: str) -> None:
    async with connected(looked) as conn:
        lane = await _lane_of_five(conn)
    await tamper(looked, f"update audit set {change} where lane = {lane} and place = 3")
    (fault,) = (await read(looked)).faults
    assert (fault.kind, fault.lane, fault.place) == (FaultKind.ALTERED, lane, 3)
    assert fault.id is not None


async def test_one_altered_byte_of_one_text_is_found(looked: str) -> None:
    await tamper(looked, "update audit set object = overlay(object placing 'Y' from 6 for 1) where id = 2")
    (fault,) = (await read(looked)).faults
    assert (fault.kind, fault.id) == (FaultKind.ALTERED, 2)


async def test_one_deleted_row_is_found(looked: str) -> None:
    await tamper(looked, "delete from audit where id = 2")
    (fault,) = (await read(looked)).faults
    assert (fault.kind, fault.place) == (FaultKind.MISSING, 2)
    assert "Row 2 is missing before the row with id 3" in fault.sentence


async def test_two_rows_in_each_others_place_are_found(looked: str) -> None:
    await tamper(
        looked,
        "update audit set place = -1 where id = 2",
        "update audit set place = 2 where id = 3",
        "update audit set place = 3 where id = 2",
    )
    (fault,) = (await read(looked)).faults
    assert (fault.kind, fault.place, fault.id) == (FaultKind.REORDERED, 2, 3)


async def test_two_rows_that_swapped_what_they_say_are_found(looked: str) -> None:
    await tamper(
        looked,
        "update audit a set object = b.object, hash = b.hash from audit b where (a.id, b.id) in ((2, 3), (3, 2))",
    )
    (fault,) = (await read(looked)).faults
    assert (fault.kind, fault.id) == (FaultKind.ALTERED, 2)


async def test_a_tail_cut_off_is_found(looked: str) -> None:
    await tamper(looked, "delete from audit where id = 8")
    (fault,) = (await read(looked)).faults
    assert (fault.kind, fault.place) == (FaultKind.MISSING, 5)


@pytest.mark.parametrize(
    "change", ["place = place - 1", "hash = sha256(hash)"], ids=["that ends earlier", "of another row"]
)
async def test_a_forged_head_is_found(looked: str, change: str) -> None:
    async with connected(looked) as conn:
        lane = await _lane_of_five(conn)
    await tamper(looked, f"update audit_head set {change} where lane = {lane}")
    (fault,) = (await read(looked)).faults
    assert (fault.kind, fault.lane, fault.id) == (FaultKind.FORGED_HEAD, lane, 8)


async def test_a_head_taken_away_is_found(looked: str) -> None:
    await tamper(looked, "delete from audit_head")
    faults = (await read(looked)).faults
    assert [fault.kind for fault in faults] == [FaultKind.FORGED_HEAD] * 2


async def test_all_rows_of_a_lane_taken_away_are_found_by_its_head(database_url: str) -> None:
    async with connected(database_url) as conn:
        await look(conn, 3)
    await tamper(database_url, "delete from audit")
    (fault,) = (await read(database_url)).faults
    assert fault.kind is FaultKind.MISSING
    assert "there were 3" in fault.sentence


async def test_a_lane_that_went_with_its_head_is_found_by_its_seal(looked: str) -> None:
    async with connected(looked) as conn:
        lane = await _lane_of_five(conn)
    await tamper(
        looked, f"delete from audit where lane = {lane}", f"delete from audit_head where lane = {lane}"
    )
    (fault,) = (await read(looked)).faults
    assert (fault.kind, fault.lane, fault.place) == (FaultKind.BROKEN_SEAL, lane, 4)


async def test_a_lane_written_anew_with_fitting_hashes_is_found_by_its_seal(looked: str) -> None:
    async with connected(looked) as conn:
        lane = await _lane_of_five(conn)
        rows = await (
            await conn.execute("select id from audit where lane = %s order by place", (lane,))
        ).fetchall()
    anew = [
        f"update audit set hash = sha256(coalesce((select b.hash from audit b where b.lane = {lane} and b.place ="
        f" audit.place - 1), '') || convert_to({audit_chain.TEXT}, 'UTF8')) where id = {row['id']}"
        for row in rows
    ]
    last = f"(select hash from audit where lane = {lane} and place = 5)"
    head = f"update audit_head set hash = {last} where lane = {lane}"
    await tamper(looked, "update audit set purpose = 'nothing' where id = 1", *anew, head)
    (fault,) = (await read(looked)).faults
    assert (fault.kind, fault.lane) == (FaultKind.BROKEN_SEAL, lane)


@pytest.mark.parametrize(
    "statement",
    [
        "update audit_seal set at = at + interval '1 s' where number = 1",
        "delete from audit_seal where number = 1",
    ],
    ids=["altered", "taken away"],
)
async def test_a_seal_touched_is_found(looked: str, statement: str) -> None:
    await tamper(looked, statement)
    assert FaultKind.BROKEN_SEAL in {fault.kind for fault in (await read(looked)).faults}


async def test_seals_cut_off_at_their_end_are_found_by_one_written_down_elsewhere(looked: str) -> None:
    witness = (await read(looked)).last_seal
    assert (await read(looked, witness)).faults == []
    await tamper(looked, "delete from audit_seal where number = 2")
    assert (await read(looked)).faults == []
    (fault,) = (await read(looked, witness)).faults
    assert fault.kind is FaultKind.BROKEN_SEAL


async def test_each_lane_tells_its_first_fault_only(looked: str) -> None:
    await tamper(looked, "update audit set address = 'elsewhere'")
    faults = (await read(looked)).faults
    assert [(fault.kind, fault.place) for fault in faults if fault.kind is FaultKind.ALTERED] == [
        (FaultKind.ALTERED, 1)
    ] * 2


async def test_only_lanes_that_moved_are_sealed_again(looked: str) -> None:
    async with connected(looked) as conn:
        assert (await seal(conn)).lanes == 1
        assert (await seal(conn)).lanes == 0
        await look(conn)
        assert (await seal(conn)).lanes == 1
    assert (await read(looked)).faults == []


async def test_what_is_undone_leaves_neither_row_nor_gap(database_url: str) -> None:
    async with connected(database_url) as conn:
        await look(conn)
        for _ in range(2):
            await audit.write(conn, Look(None, "consult", "case:X", "case", "test"), AT)
            await conn.rollback()
        async with conn.transaction(force_rollback=True):
            await audit.write(conn, Look(None, "consult", "case:X", "case", "test"), AT)
        await look(conn)
    reading = await read(database_url)
    assert (reading.rows, reading.faults) == (2, [])


async def test_a_look_not_committed_yet_delays_nobody_elses(database_url: str) -> None:
    async with connected(database_url) as slow, connected(database_url) as quick:
        for _ in range(2):
            await audit.write(slow, Look(None, "consult", "case:A", "case", "test"), AT)
        await quick.execute("set lock_timeout = 1")
        async with asyncio.timeout(5):
            await look(quick, 3)
            await seal(quick)
        await slow.commit()
    reading = await read(database_url)
    assert (reading.rows, reading.faults) == (5, [])


async def test_many_connections_at_once_stay_sound(database_url: str) -> None:
    async def one() -> None:
        async with connected(database_url) as conn:
            await look(conn, 20)

    await asyncio.gather(*(one() for _ in range(12)))
    reading = await read(database_url)
    assert (reading.rows, reading.lanes, reading.faults) == (240, 12, [])


@pytest.mark.parametrize("table", ["audit", "audit_seal"])
@pytest.mark.parametrize("deed", ["update {} set at = now()", "delete from {}", "truncate {}"])
async def test_not_even_the_owner_alters_the_record_in_passing(looked: str, deed: str, table: str) -> None:
    async with connected(looked) as conn:
        with pytest.raises(InsufficientPrivilege, match="only added to"):
            await conn.execute(deed.format(table).encode())


async def test_nobody_chooses_the_number_place_or_hash_of_a_row(database_url: str) -> None:
    async with connected(database_url) as conn:
        await conn.execute(
            "insert into audit (id, lane, place, hash, at, action, object, purpose, channel, address)"
            " values (9000, 1, 77, 'x', now(), 'consult', 'case:X', 'case', 'test', '')"
        )
        await conn.commit()
        row = await (await conn.execute("select id, place from audit")).fetchone()
    assert row == {"id": 1, "place": 1}
    assert (await read(database_url)).faults == []


async def _lane_of_five(conn: Connection) -> int:
    found = await conn.execute("select lane from audit group by lane having count(*) = 5")
    row = await found.fetchone()
    assert row is not None
    lane: int = row["lane"]
    return lane


def test_looks_from_before_there_were_lanes_become_lane_nought(cluster_url: str) -> None:
    server = cluster_url.rsplit("/", 1)[0]
    with psycopg.connect(f"{server}/postgres", autocommit=True) as admin:
        admin.execute("create database before_lanes")
        try:
            _upgrade_from("0002", f"{server}/before_lanes")
            reading = asyncio.run(read(f"{server}/before_lanes"))
        finally:
            admin.execute("drop database before_lanes with (force)")
    assert (reading.rows, reading.lanes, reading.faults) == (4, 2, [])


def _upgrade_from(revision: str, url: str) -> None:
    """Three looks as they were written at this revision, the upgrade, and one look more."""
    engine = create_engine(make_url(url).set(drivername="postgresql+psycopg"))
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        for target, count in ((revision, 3), ("head", 1)):
            command.upgrade(config, target)
            for _ in range(count):
                connection.execute(
                    text(
                        "insert into audit (at, action, object, purpose, channel, address)"
                        " values (now(), 'consult', 'case:LX-1', 'case', 'page', '')"
                    )
                )
            connection.commit()
    engine.dispose()
