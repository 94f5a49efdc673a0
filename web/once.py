"""A deed done once for each ``Idempotency-Key``: the same request again gets the first answer. Knows no deed.

Only what was done is kept: a request that was refused wrote nothing, and may come again under its key.
"""

import hashlib
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Annotated, Any

from fastapi import Depends, Header
from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import Response

from iom.adapters.store import kept_answers
from iom.refusals import Refused
from web.deps import Now, Visit, visit_by_token

Handler = Callable[[Request], Coroutine[Any, Any, Response]]
Key = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=200,
        description="A name of your own for this request: sent again, it gets the first answer and is done once.",
    ),
]


class AnsweredBefore(Exception):
    """This request was done under its key already; ``answer`` is what was said then."""

    def __init__(self, answer: kept_answers.Answer) -> None:
        self.answer = answer


async def _keyed_visit(request: Request, at: Now, key: Key = None) -> AsyncIterator[Visit]:
    async with visit_by_token(request, at, key) as visit:
        if key:
            await _refuse_or_repeat(request, visit)
            request.state.keyed = visit
        yield visit


KeyedVisit = Annotated[Visit, Depends(_keyed_visit, scope="function")]
"""For every route that writes, on a router of ``OnceRoute``. Scope "function": committed before the answer goes out."""


class OnceRoute(APIRoute):
    """Keeps the answer to a keyed request, in the deed's own transaction."""

    def get_route_handler(self) -> Handler:
        """The framework's handler, with what is answered kept or found again."""
        handle = super().get_route_handler()

        async def once(request: Request) -> Response:
            try:
                response = await handle(request)
            except AnsweredBefore as before:
                return _again(before.answer)
            if visit := getattr(request.state, "keyed", None):
                await _keep(request, visit, response)
            return response

        return once


async def _refuse_or_repeat(request: Request, visit: Visit) -> None:
    before = await kept_answers.first(visit.conn, visit.by.request_id)
    if before is None:
        return
    if before.asked != await _asked(request):
        raise Refused(
            "idempotency_key_reused",
            "This key was used for something else. Use a new key for each thing you record.",
        )
    raise AnsweredBefore(before)


async def _keep(request: Request, visit: Visit, response: Response) -> None:
    answer = kept_answers.Answer(
        await _asked(request),
        response.status_code,
        response.headers.get("location"),
        bytes(response.body).decode(),
    )
    by = visit.by
    await kept_answers.keep(visit.conn, by.request_id, by.actor.account_id, answer, by.now)


def _again(answer: kept_answers.Answer) -> Response:
    headers = {"Location": answer.location} if answer.location else {}
    return Response(answer.body, answer.status, headers, "application/json" if answer.body else None)


async def _asked(request: Request) -> bytes:
    """A digest of the method, the address and the body."""
    asked = f"{request.method} {request.url.path}\n".encode() + await request.body()
    return hashlib.sha256(asked).digest()
