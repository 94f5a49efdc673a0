"""The floor: the same statements by bare psycopg in one transaction, behind a bare FastAPI route.

No rule, no check, and as the owner of the tables: no row-level security either.
"""

import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from uuid import UUID, uuid5

from fastapi import FastAPI, Request
from psycopg.types.json import Jsonb

from iom.adapters.database import open_pool
from iom.adapters.store import accounts, audit, events, kept_answers, steps


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    async with open_pool(os.environ["IOM_DATABASE_URL"]) as app.state.pool:
        yield


WHO = "select account.* from api_token join account on account.id = account_id where token_hash = %s"

REMARK = """
insert into remark (id, step_id, case_id, tier, owner, agency_id, by_id, at, reason, note)
values (gen_random_uuid(), %s, %s, 'T2', %s, %s, %s, %s, null, %s)
"""

KEEP = "insert into kept_answer (id, account_id, at, asked, status, body) values (%s, %s, %s, %s, 200, %s)"

app = FastAPI(lifespan=_lifespan, openapi_url=None)


@app.post("/floor/{step_id}")
async def complete(step_id: str, request: Request) -> dict[str, object]:
    body = await request.json()
    at, token = datetime.now(UTC), request.headers["authorization"][7:]
    async with app.state.pool.connection() as conn:
        who = await (await conn.execute(WHO, (accounts.digest(token),))).fetchone()
        request_id = uuid5(who["id"], request.headers["idempotency-key"])
        await conn.execute(steps.LOCK, (step_id,))
        step = await (await conn.execute(steps.READ, (who["id"], step_id))).fetchone()
        await conn.execute(kept_answers.HOLD, (str(request_id),))
        await (await conn.execute(kept_answers.FIRST, (request_id,))).fetchone()
        await conn.execute(steps.CLOSE, _closing(step_id, who["id"], at, body))
        said = (step["id"], step["case_id"], step["owner"], who["agency_id"], who["id"], at, body["note"])
        await conn.execute(REMARK, said)
        written = await (
            await conn.execute(events.APPEND, _entry(step, who["id"], request_id, at))
        ).fetchone()
        await conn.execute(audit.INSERT, _look(step, who, at))
        answer = {"step_id": step_id, "seq": written["last_seq"], "kind": "step_done", "at": at.isoformat()}
        await conn.execute(KEEP, (request_id, who["id"], at, b"", json.dumps(answer)))
    return answer


def _look(step: dict[str, object], who: dict[str, object], at: datetime) -> tuple[object, ...]:
    actor = (at, who["id"], who["role"], who["agency_id"], None)
    thing = ("alter", step["case_id"], f"step:{step['id']}", "step_done", None, None, None)
    return (*actor, *thing, "api", "127.0.0.1")


def _closing(step_id: str, by: UUID, at: datetime, body: dict[str, str]) -> dict[str, object]:
    return {"step": step_id, "at": at, "by": by, "outcome": body["outcome"], "result": None}


def _entry(step: dict[str, object], by: UUID, request_id: UUID, at: datetime) -> dict[str, object]:
    return {
        "case": step["case_id"],
        "kinds": ["step_done"],
        "data": [Jsonb({"step": str(step["id"])})],
        "at": at,
        "by": by,
        "request": request_id,
        "channel": events.NEWS,
        "tell": True,
    }
