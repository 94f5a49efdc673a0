"""The API with people who hold tokens, a clock to set, and the plan's part done without Temporal. No assertions."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx2
from fastapi import FastAPI

from iom.adapters.database import Pool, transaction
from iom.adapters.embedded.postgres import as_role
from iom.adapters.settings import Settings
from iom.adapters.store import accounts, folded, plans
from iom.adapters.store.rows import insert
from iom.adapters.tables import ApiToken, Case
from iom.agenda import acts_due
from iom.vocabulary import Role
from tests.builders import START, Scheme, a_scheme, an_adopted_case
from tests.integration.look_check import LookCheck
from web.app import create_app
from web.deps import now

Reply = httpx2.Response


@dataclass
class ApiHouse:
    """A running API. ``wall`` is what its clock shows; every role has a token; ``check`` sees every GET."""

    app: FastAPI
    client: httpx2.AsyncClient
    scheme: Scheme
    check: LookCheck
    wall: datetime = START + timedelta(hours=1)
    tokens: dict[Role, str] = field(default_factory=dict)

    async def get(self, role: Role, path: str, **params: Any) -> Reply:
        return await self.client.get(f"/api/v1{path}", params=params or None, headers=self.as_(role))

    async def post(self, role: Role, path: str, body: Mapping[str, Any], key: str | None = None) -> Reply:
        named = {"Idempotency-Key": key} if key else {}
        return await self.client.post(f"/api/v1{path}", json=body, headers=self.as_(role) | named)

    def as_(self, role: Role) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.tokens[role]}"}

    async def a_case(self, **more: Any) -> Case:
        """An adopted case whose first steps are open."""
        case = await an_adopted_case(self.scheme, **more)
        await self.plan_acts(case.id)
        return case

    async def plan_acts(self, case_id: UUID) -> None:
        """What the case's plan would do by now, and each intervention's after it."""
        async with transaction(self.scheme.pool) as conn:
            await plans.lock_log(conn, case_id)
            for plan in await folded.plans(conn, case_id):
                if acts := acts_due(plan, self.wall):
                    await plans.record(conn, case_id, plan.scope, acts)

    async def rows(self, query: str, *values: Any) -> list[dict[str, Any]]:
        """What the record holds."""
        async with transaction(self.scheme.pool) as conn:
            return await (await conn.execute(query, values)).fetchall()

    async def looks(self) -> list[dict[str, Any]]:
        """The record of looks, the oldest first."""
        return await self.rows("select * from audit order by id")

    async def do(self, statement: str, *values: Any) -> None:
        """One statement, committed."""
        async with transaction(self.scheme.pool) as conn:
            await conn.execute(statement, values)

    async def a_step(self, case: Case, owner: Role, **wanted: str) -> UUID:
        """An open step of this owner on the case."""
        column, value = next(iter(wanted.items()), ("form", "step"))
        found = await self.rows(
            f"select id from step where case_id = %s and owner = %s and {column} = %s and closed_at is null"  # noqa: S608
            " order by due_at, id",
            case.id,
            owner,
            value,
        )
        identity: UUID = found[0]["id"]
        return identity


def web_settings(url: str) -> Settings:
    """Settings with which the web works on this database, as the roles that row-level security is for."""
    return Settings(
        database_url=as_role(url, "iom_app"),
        door_database_url=as_role(url, "iom_door"),
        smtp_url="smtp://127.0.0.1:9",
    )


@asynccontextmanager
async def an_api(pool: Pool, database_url: str) -> AsyncIterator[ApiHouse]:
    """The API on this record, in this process."""
    app = create_app(web_settings(database_url))
    scheme = await a_scheme(pool)
    check = LookCheck(pool)
    async with (
        app.router.lifespan_context(app),
        httpx2.AsyncClient(transport=check.transport(app), base_url="http://iom.test") as client,
    ):
        house = ApiHouse(app, client, scheme, check)

        async def wall() -> datetime:
            return house.wall

        app.dependency_overrides[now] = wall
        await _give_tokens(house)
        yield house


async def _give_tokens(house: ApiHouse) -> None:
    house.tokens = {role: uuid4().hex for role in house.scheme.actors}
    rows = [
        ApiToken(token_hash=accounts.digest(token), account_id=house.scheme.id_of(role), made_at=START)
        for role, token in house.tokens.items()
    ]
    async with transaction(house.scheme.pool) as conn:
        await insert(conn, *rows)
