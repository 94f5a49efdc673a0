"""A real OpenID Connect provider, a process of its own on loopback, that can be told to misbehave. For tests only."""

import gzip
import hashlib
import hmac
import json
import os
import secrets
import sys
import time
from base64 import b64decode, urlsafe_b64encode
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote_plus, urlencode

import httpx2
import uvicorn
from fastapi import FastAPI, Request
from joserfc import jwt
from joserfc.jwk import RSAKey
from joserfc.jws import JWSRegistry
from starlette.responses import JSONResponse, RedirectResponse, Response, StreamingResponse

from iom.adapters.embedded.child import free_port, spawn, stop, wait_until

CLIENT = "iom at the scheme"
SECRET = "s3cret: with a colon, and spaces"
PERSON = {"sub": "b1946ac9", "email": "coordinator@scheme.example", "email_verified": True, "name": "Kerensa"}
HERE = Path(__file__).parents[2]


@dataclass
class Kept:
    """What the provider knows, and how it is told to behave."""

    issuer: str
    key: RSAKey = field(default_factory=lambda: _key("first"))
    stranger: RSAKey = field(default_factory=lambda: _key("first"))
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    asked: Counter[str] = field(default_factory=Counter)
    told: dict[str, Any] = field(default_factory=dict)


def _key(kid: str) -> RSAKey:
    return RSAKey.generate_key(2048, {"kid": kid, "use": "sig", "alg": "RS256"})


def a_provider(issuer: str) -> FastAPI:
    """The provider. ``POST /told`` replaces how it misbehaves; ``POST /new-key`` changes its key."""
    app, kept = FastAPI(), Kept(issuer)

    @app.middleware("http")
    async def count(request: Request, go_on: Any) -> Any:
        kept.asked[request.url.path] += 1
        way = kept.told.get(request.url.path.rsplit("/", 1)[-1])
        return await go_on(request) if way is None else _misbehaving(way)

    @app.post("/told")
    async def told(request: Request) -> None:
        kept.told = await request.json()

    @app.get("/asked")
    async def asked() -> dict[str, int]:
        return kept.asked

    @app.post("/new-key")
    async def new_key() -> None:
        kept.key = _key("second")

    @app.get("/.well-known/openid-configuration")
    async def discovery() -> dict[str, Any]:
        return {
            "issuer": issuer,
            "authorization_endpoint": f"{issuer}/authorize",
            "token_endpoint": f"{issuer}/token",
            "jwks_uri": f"{issuer}/jwks",
            "userinfo_endpoint": f"{issuer}/userinfo",
            "authorization_response_iss_parameter_supported": True,
            **kept.told.get("discovered", {}),
        }

    @app.get("/jwks")
    async def jwks() -> dict[str, Any]:
        return {"keys": [kept.key.as_dict(private=False), *kept.told.get("more_keys", [])]}

    @app.get("/authorize")
    async def authorize(request: Request) -> Response:
        asked_for = dict(request.query_params)
        assert asked_for["client_id"] == CLIENT
        assert asked_for["response_type"] == "code"
        assert asked_for["code_challenge_method"] == "S256"
        code = secrets.token_urlsafe(16)
        kept.codes[code] = asked_for
        back = {"code": code, "state": asked_for["state"], "iss": issuer} | kept.told.get("sends_back", {})
        back = {name: value for name, value in back.items() if value is not None}
        return RedirectResponse(f"{asked_for['redirect_uri']}?{urlencode(back)}", 302)

    @app.post("/token")
    async def token(request: Request) -> Response:
        form = {name: str(value) for name, value in (await request.form()).items()}
        if not _is_our_client(request, form):
            return JSONResponse({"error": "invalid_client"}, 401)
        asked_for = (
            kept.codes.get(form["code"]) if kept.told.get("lax") else kept.codes.pop(form["code"], None)
        )
        if asked_for is None or not (kept.told.get("lax") or _is_same_client(asked_for, form)):
            return JSONResponse({"error": "invalid_grant"}, 400)
        tokens = {"access_token": "acc3ss", "token_type": "Bearer", "id_token": _id_token(kept, asked_for)}
        return JSONResponse(tokens | kept.told.get("tokens", {}))

    @app.get("/userinfo")
    async def userinfo(request: Request) -> dict[str, Any]:
        assert request.headers["authorization"] == "Bearer acc3ss"
        return {**PERSON, **kept.told.get("userinfo_says", {})}

    return app


def _is_our_client(request: Request, form: dict[str, str]) -> bool:
    scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
    if scheme == "Basic":
        pair = b64decode(encoded).decode().split(":")
        return [unquote_plus(part) for part in pair] == [CLIENT, SECRET]
    return (form.get("client_id"), form.get("client_secret")) == (CLIENT, SECRET)


def _is_same_client(asked_for: dict[str, str], form: dict[str, str]) -> bool:
    challenge = _base64url(hashlib.sha256(form["code_verifier"].encode()).digest())
    return form["redirect_uri"] == asked_for["redirect_uri"] and challenge == asked_for["code_challenge"]


def _id_token(kept: Kept, asked_for: dict[str, str]) -> str:
    now = int(kept.told.get("now", time.time()))
    claims = {
        "iss": kept.issuer,
        "aud": CLIENT,
        "iat": now,
        "exp": now + 300,
        "nonce": asked_for["nonce"],
        **PERSON,
    }
    claims |= kept.told.get("claims", {})
    claims = {name: value for name, value in claims.items() if value is not None}
    header = {"alg": "RS256", "kid": kept.key.kid} | kept.told.get("header", {})
    header = {name: value for name, value in header.items() if value is not None}
    match kept.told.get("signs"):
        case "not at all":
            return f"{_json64({'alg': 'none'})}.{_json64(claims)}."
        case "with its public key":
            signed = f"{_json64(header | {'alg': 'HS256'})}.{_json64(claims)}"
            return f"{signed}.{_base64url(hmac.digest(kept.key.as_pem(private=False), signed.encode(), 'sha256'))}"
        case "with another key":
            return jwt.encode(header, claims, kept.stranger)
        case _:
            key = RSAKey.import_key(kept.key.as_pem(private=True))
            return jwt.encode(header, claims, key, registry=_ANYTHING)


_ANYTHING = JWSRegistry(algorithms=["RS256", "RS384"], strict_check_header=False)


def _json64(said: object) -> str:
    return _base64url(json.dumps(said).encode())


def _base64url(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def _misbehaving(way: str) -> Response:
    match way:
        case "error":
            return Response("down for repair", 503)
        case "elsewhere":
            return RedirectResponse("/userinfo", 302)
        case "page":
            return Response("<h1>Welcome</h1>", media_type="text/html")
        case "list":
            return JSONResponse(["access_token"])
        case "deep":
            return Response("[" * 100_000, media_type="application/json")
        case "huge":
            return StreamingResponse(_for_ever(0), media_type="application/json")
        case "slow":
            return StreamingResponse(_for_ever(0.2, b" "), media_type="application/json")
        case "packed":
            packed = gzip.compress(b'{"a":"' + b"a" * 50_000_000 + b'"}')
            return Response(packed, headers={"content-encoding": "gzip"}, media_type="application/json")
        case _:
            return Response(status_code=404)


async def _for_ever(pause: float, piece: bytes = b"a" * 65_536) -> AsyncIterator[bytes]:
    from asyncio import sleep

    while True:
        yield piece
        await sleep(pause)


@dataclass
class RunningProvider:
    """The process, as tests speak to it."""

    issuer: str
    client: httpx2.Client

    def tell(self, **how: Any) -> None:
        """From now on it does this and nothing else wrong."""
        self.client.post("/told", json=how).raise_for_status()

    def changes_its_key(self) -> None:
        self.client.post("/new-key").raise_for_status()

    def asked(self, path: str) -> int:
        """How often it was asked this."""
        return int(self.client.get("/asked").json().get(path, 0))

    def visit(self, address: str) -> str:
        """Goes there as a browser does, signs in at once, and says where that leads."""
        answer = self.client.get(address)
        assert answer.status_code == 302, answer.text
        return answer.headers["location"]


@contextmanager
def a_running_provider(folder: Path) -> Iterator[RunningProvider]:
    """A provider in a process of its own, gone at the end."""
    port = free_port()
    issuer = f"http://127.0.0.1:{port}"
    environment = dict(os.environ) | {"PYTHONPATH": str(HERE)}
    command = [sys.executable, "-m", "tests.integration.provider", str(port)]
    process = spawn(command, folder / "provider.log", environment=environment)
    with httpx2.Client(base_url=issuer, trust_env=False) as client:
        try:
            assert wait_until(lambda: _answers(client), process), (folder / "provider.log").read_text()
            yield RunningProvider(issuer, client)
        finally:
            stop(process)


def _answers(client: httpx2.Client) -> bool:
    try:
        return client.get("/asked").is_success
    except httpx2.HTTPError:
        return False


if __name__ == "__main__":
    uvicorn.run(
        a_provider(f"http://127.0.0.1:{sys.argv[1]}"), port=int(sys.argv[1]), log_level="warning", ws="none"
    )
