"""What every answer carries and what no form may do: security headers, and no posts from other sites. Reads no body."""

from collections.abc import MutableMapping
from typing import Any
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY = {
    "default-src": "'none'",
    "style-src": "'self'",
    "img-src": "'self'",
    "frame-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}
"""Pages need no script, no inline style and nothing from elsewhere; the one frame on each is our own clock."""

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def policy(**more: str) -> str:
    """The content security policy, with directives added or replaced (``frame_src="'self'"``)."""
    directives = POLICY | {name.replace("_", "-"): value for name, value in more.items()}
    return "; ".join(f"{name} {value}".strip() for name, value in directives.items())


HEADERS = {
    "Content-Security-Policy": policy(),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cache-Control": "no-store",
}
"""For every answer that does not say otherwise itself."""


class Walls:
    """Middleware around the whole app. ``secure`` is set where people reach it by https."""

    def __init__(self, app: ASGIApp, *, secure: bool) -> None:
        self._app = app
        self._headers = HEADERS | ({"Strict-Transport-Security": "max-age=63072000"} if secure else {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse a forged post; else pass on, and add what the answer lacks."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
        elif is_forged(scope):
            refusal = PlainTextResponse(
                "This form was sent from another site, so nothing was done. Open the page here and send it again.",
                403,
                self._headers,
            )
            await refusal(scope, receive, send)
        else:
            await self._app(scope, receive, self._wearing(send))

    def _wearing(self, send: Send) -> Send:
        async def wear(message: Message) -> None:
            if message["type"] == "http.response.start":
                worn = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    worn.setdefault(name, value)
            await send(message)

        return wear


def is_forged(scope: MutableMapping[str, Any]) -> bool:
    """Whether a browser says that another site sent this. Browsers say it in Sec-Fetch-Site, older ones in Origin.

    A request that says neither is no browser's, so it carries nobody's cookie against their will.
    """
    if scope["method"] in SAFE_METHODS:
        return False
    headers = Headers(scope=scope)
    if site := headers.get("sec-fetch-site"):
        return site not in ("same-origin", "none")
    origin = headers.get("origin")
    return origin is not None and urlsplit(origin).netloc != headers.get("host", "")
