"""Published programme versions: written once, read for ever. Plans keep the version they began on."""

from datetime import datetime

from pydantic import TypeAdapter

from iom.adapters.database import Connection
from iom.programme import Programme
from iom.refusals import Refused

_ADAPTER = TypeAdapter(Programme)
_READ: dict[str, Programme] = {}
"""Versions never change, so what was read once stays good for this process."""


async def publish(conn: Connection, programme: Programme, at: datetime) -> bool:
    """Keeps this version; True if it is new.

    Raises Refused(programme_version_taken) if the same version is kept with another meaning.
    """
    document = _ADAPTER.dump_json(programme).decode()
    written = await conn.execute(
        "insert into programme (name, version, document, published_at) values (%s, %s, %s, %s) on conflict do nothing",
        (programme.name, programme.version, document, at),
    )
    if written.rowcount == 0 and await _read(conn, programme.key) != _ADAPTER.validate_json(document):
        raise Refused(
            "programme_version_taken",
            f"{programme.key} is published with another meaning, and plans run on it. Give the change a new version.",
        )
    return written.rowcount == 1


async def get(conn: Connection, key: str) -> Programme:
    """The programme version called ``name@version``. Raises Refused(programme_unknown)."""
    if key not in _READ:
        _READ[key] = await _read(conn, key)
    return _READ[key]


async def _read(conn: Connection, key: str) -> Programme:
    name, _, version = key.rpartition("@")
    found = await conn.execute(
        "select document from programme where name = %s and version = %s", (name, int(version))
    )
    row = await found.fetchone()
    if row is None:
        raise Refused(
            "programme_unknown",
            f"{key} is not published here. Run iom migrate with the release that holds it.",
        )
    return _ADAPTER.validate_json(row["document"])
