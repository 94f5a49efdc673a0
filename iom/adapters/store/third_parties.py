"""Whom a person's record may name besides them, and who was told of it: accounts, agencies, others. Reads only."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from iom.adapters.database import Connection
from iom.adapters.store.holdings import SHORTEST_MARK, Subject


@dataclass(frozen=True)
class Others:
    """Who there is besides the person: accounts by id as "name, agency", agencies by id, names of all of them."""

    accounts: Mapping[UUID, str]
    agencies: Mapping[UUID, str]
    names: re.Pattern[str] | None

    def in_text(self, text: str) -> list[str]:
        """Names of others that stand in the text."""
        return [found[0] for found in self.names.finditer(text)] if self.names else []

    def named(self, recipient: str) -> str:
        """A recipient as the record of looks has it (``account:`` or ``agency:`` and an id, or words), in words."""
        kind, _, said = recipient.partition(":")
        try:
            identity = UUID(said)
        except ValueError:
            return recipient
        return {"account": self.accounts, "agency": self.agencies}.get(kind, {}).get(identity, recipient)


async def known(conn: Connection, whose: Subject) -> Others:
    """Everybody but the person."""
    accounts = await _all(
        conn,
        "select account.id, account.name, agency.name as agency from account"
        " join agency on agency.id = account.agency_id",
    )
    people = await _all(conn, "select surname from person where id <> %s and surname <> ''", whose.person_id)
    agencies = await _all(conn, "select id, name from agency")
    names = {row["name"] for row in accounts} | {row["surname"] for row in people}
    names = {name for name in names if len(name) >= SHORTEST_MARK and name not in whose.marks}
    longest_first = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
    return Others(
        {row["id"]: f"{row['name']}, {row['agency']}" for row in accounts},
        {row["id"]: row["name"] for row in agencies},
        re.compile(rf"\b(?:{longest_first})\b", re.IGNORECASE) if names else None,
    )


async def told(conn: Connection, case_id: UUID) -> list[str]:
    """Recipients of disclosures, as the record of looks has them."""
    return [row["told_of"] for row in await _all(conn, "select fence.told_of(%s)", case_id)]


async def readers(conn: Connection, whose: Subject) -> list[str]:
    """Agencies whose people are on the team, were written to about the case, or looked at it."""
    found = await _all(
        conn,
        "select distinct agency.name from agency join account on account.agency_id = agency.id where account.id in ("
        " select account_id from team_member where case_id = %(case)s"
        " union select account_id from letter where case_id = %(case)s"
        " union select account_id from audit where case_id = %(case)s and action = 'consult')",
        {"case": whose.case_id},
    )
    return [row["name"] for row in found]


async def _all(conn: Connection, statement: str, *values: Any) -> Sequence[dict[str, Any]]:
    asked = values[0] if values and isinstance(values[0], dict) else values
    return await (await conn.execute(statement.encode(), asked)).fetchall()
