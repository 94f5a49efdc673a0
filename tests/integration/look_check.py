"""Watches every request of the in-process houses: each GET that shows a person leaves one look that names them all.

It judges answers of 200 only. What several requests at once left is judged together: it cannot be told apart.
"""

import asyncio
import re
from dataclasses import dataclass, field
from html import unescape
from typing import Any
from urllib.parse import unquote

import httpx2
from fastapi import FastAPI

from iom.adapters.database import Pool, transaction
from iom.adapters.store.accounts import digest

ABOUT_A_CASE = re.compile(r"^(?:/api/v1)?/cases/([A-Za-z0-9-]+)")
ABOUT_A_STEP = re.compile(r"^(?:/api/v1)?/steps/([0-9a-f-]{36})")
NAMES_NOBODY = ("/inbox",)
"""The demo's letters: they hold nothing personal, and a case's reference is made to stand in them."""

PEOPLE = """
select cases.id, cases.ref, array_remove(array[cases.ref, pnc_id, crn, noms_number, case
    when count(*) over (partition by lower(surname)) = 1 then surname end], null) as known_by
from cases join person on person.id = cases.person_id
"""
"""A surname that several have tells of none of them."""
LOOKS = """
select id, account_id, case_id, object from audit
where id > %s and action = 'consult' and channel in ('page', 'api') and purpose <> 'restricted' order by id
"""
"""An attempt at a case that is closed to them leaves a look too, and showed nobody."""
WHO = """
select account_id from api_token where token_hash = %(token)s
union all select account_id from session where token_hash = %(token)s
"""


@dataclass(frozen=True)
class Answered:
    """One request and what it was answered."""

    request: httpx2.Request
    response: httpx2.Response

    @property
    def was_a_look(self) -> bool:
        return self.request.method == "GET" and self.response.status_code == 200


@dataclass
class LookCheck:
    """Judges what the requests to one record leave in its record of looks."""

    pool: Pool
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    _under_way: int = 0
    _before: int = 0
    _answered: list[Answered] = field(default_factory=list)

    def transport(self, app: FastAPI) -> "Watched":
        """The way to an app that works on this record."""
        return Watched(httpx2.ASGITransport(app, raise_app_exceptions=False), self)

    async def begin(self) -> None:
        async with self._turn:
            if self._under_way == 0:
                self._before = (await self._rows("select coalesce(max(id), 0) as id from audit"))[0]["id"]
                self._answered = []
            self._under_way += 1

    async def end(self, answered: Answered) -> None:
        async with self._turn:
            self._answered.append(answered)
            self._under_way -= 1
            if self._under_way == 0 and all(each.request.method == "GET" for each in self._answered):
                await self._judge()

    async def _judge(self) -> None:
        people = await self._rows(PEOPLE)
        looks = await self._rows(LOOKS, self._before)
        seen = [(each, await self._shown(each, people)) for each in self._answered if each.was_a_look]
        showing = [(each, shown) for each, shown in seen if shown]
        paths = [str(each.request.url.path) for each, _ in seen]
        assert len(showing) <= len(looks) <= len(seen), f"{paths} showed people and left {looks}"
        for each, shown in showing:
            who = await self._who(each.request)
            named = [_named(look, people) for look in looks if who in (None, look["account_id"])]
            assert any(shown <= names for names in named), (
                f"{each.request.url.path} showed {shown}, not {named}"
            )

    async def _shown(self, each: Answered, people: list[dict[str, Any]]) -> set[str]:
        """The references of the cases of everybody whom this answer shows."""
        path = each.request.url.path
        if path.startswith(NAMES_NOBODY):
            return set()
        shown = {person["ref"] for person in people if _stands_in(person["known_by"], each.response)}
        if found := ABOUT_A_CASE.match(path):
            shown |= {person["ref"] for person in people if person["ref"] == found[1]}
        if found := ABOUT_A_STEP.match(path):
            steps = await self._rows("select case_id from step where id = %s", found[1])
            shown |= {
                person["ref"] for person in people if person["id"] in [step["case_id"] for step in steps]
            }
        return shown

    async def _who(self, request: httpx2.Request) -> Any:
        """Whose token or cookie the request carried."""
        cookie = re.search(r"(?:^|; )(?:__Host-)?iom=([^;]+)", request.headers.get("cookie", ""))
        token = request.headers.get("authorization", "").removeprefix("Bearer ") or (
            cookie[1] if cookie else ""
        )
        found = await self._rows(WHO, {"token": digest(unquote(token))})
        return found[0]["account_id"] if found else None

    async def _rows(self, query: str, *values: Any) -> list[dict[str, Any]]:
        parameters = values[0] if values and isinstance(values[0], dict) else values
        async with transaction(self.pool) as conn:
            return await (await conn.execute(query.encode(), parameters)).fetchall()


@dataclass
class Watched(httpx2.AsyncBaseTransport):
    """Passes every request on, and lets the check see it with its answer."""

    inner: httpx2.ASGITransport
    check: LookCheck

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        await self.check.begin()
        response = httpx2.Response(500)
        try:
            response = await self.inner.handle_async_request(request)
            await response.aread()
        finally:
            await self.check.end(Answered(request, response))
        return response


def _stands_in(known_by: list[str], response: httpx2.Response) -> bool:
    text = unescape(response.text)
    return any(re.search(rf"(?<![\w-]){re.escape(known)}(?![\w-])", text) for known in known_by)


def _named(look: dict[str, Any], people: list[dict[str, Any]]) -> set[str]:
    kind, _, rest = look["object"].partition(":")
    if kind == "cases":
        return set(rest.split(","))
    return {person["ref"] for person in people if person["id"] == look["case_id"]}
