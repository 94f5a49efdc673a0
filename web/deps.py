"""What a route asks for: the clock, the pool, a transaction in the name of whoever is signed in. Holds no rule."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

from fastapi import Depends
from starlette.requests import Request

from iom.access import Actor
from iom.adapters.database import Connection, Pool, transaction
from iom.adapters.deeds.by import By
from iom.adapters.settings import Settings
from iom.adapters.sign_in_rules import terms
from iom.adapters.store import accounts
from iom.refusals import Refused
from iom.standing import vouched_since
from web.attempts import note_attempt


async def now() -> datetime:
    """The moment of this request, aware UTC. Tests put their own in ``app.dependency_overrides``."""
    return datetime.now(UTC)


Now = Annotated[datetime, Depends(now)]


def pool_of(request: Request) -> Pool:
    """The pool of connections to the record that the app opened."""
    pool: Pool = request.app.state.pool
    return pool


def door_of(request: Request) -> Pool:
    """The pool for what happens before anybody is signed in: it sees accounts and sessions, and no case."""
    door: Pool = request.app.state.door
    return door


def settings_of(request: Request) -> Settings:
    """The settings the app was made with."""
    settings: Settings = request.app.state.settings
    return settings


@dataclass(frozen=True)
class Visit:
    """One request inside its one transaction: ``by`` says who, through what, when and from where."""

    conn: Connection
    by: By

    @property
    def actor(self) -> Actor:
        """Who is signed in."""
        return self.by.actor


@asynccontextmanager
async def visit_by_token(request: Request, at: datetime, key: str | None = None) -> AsyncIterator[Visit]:
    """A transaction in the name of the bearer token's owner: committed at the end, undone on any error.

    Raises Refused(unauthenticated).
    """
    token = _bearer(request)
    async with transaction(pool_of(request)) as conn:
        actor = await accounts.by_api_token(conn, token, vouched_since(terms(settings_of(request)), at))
        if actor is None:
            raise Refused("unauthenticated", "This token is not known, or no longer. Ask for a new one.")
        by = By(actor, "api", at, address_of(request), key)
        try:
            yield Visit(conn, by)
        except Refused as refused:
            await note_attempt(request, conn, by, refused, lambda: accounts.by_api_token(conn, token))
            raise


def address_of(request: Request) -> str:
    """Where the request came from."""
    return request.client.host if request.client else ""


def _bearer(request: Request) -> str:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Refused(
            "unauthenticated", "Send a token: Authorization: Bearer ... (made by iom token create)."
        )
    return token.strip()


async def _visit(request: Request, at: Now) -> AsyncIterator[Visit]:
    async with visit_by_token(request, at) as visit:
        yield visit


ApiVisit = Annotated[Visit, Depends(_visit, scope="function")]
"""Scope "function": what was done is committed before the answer goes out."""
