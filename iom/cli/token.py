"""`iom token`: keys to the API. Each is shown once and kept as a hash, so a list can only name them."""

import asyncio
from typing import Annotated

import typer

from iom.cli.answering import AsJson, answering, london, say_json, say_table
from iom.cli.speech import say

app = typer.Typer(no_args_is_help=True, help="Keys to the API.")


@app.command("create")
def create(
    email: Annotated[str, typer.Option(help="Whose token it is: it may do what they may do.")],
    as_json: AsJson = False,
) -> None:
    """Make a token for the API and print it, this once.

    Send it with each request: `curl -H "Authorization: Bearer TOKEN" http://127.0.0.1:8000/api/v1/me`
    """
    from datetime import UTC, datetime

    from iom.adapters.database import transaction
    from iom.adapters.deeds.joining import make_token
    from iom.cli.record import the_record

    async def made() -> str:
        async with the_record() as pool, transaction(pool) as conn:
            return await make_token(conn, email, datetime.now(UTC))

    with answering(as_json=as_json):
        token = asyncio.run(made())
    say_json({"email": email, "token": token}) if as_json else say(token)


@app.command("list")
def list_(as_json: AsJson = False) -> None:
    """Every token by a name made of its hash: whose it is, since when, and whether it still opens anything."""
    from dataclasses import asdict

    from iom.adapters.database import transaction
    from iom.adapters.store import staff_accounts
    from iom.adapters.store.staff_accounts import TokenRow
    from iom.cli.record import the_record

    async def read() -> list[TokenRow]:
        async with the_record() as pool, transaction(pool) as conn:
            return list(await staff_accounts.tokens(conn))

    with answering(as_json=as_json):
        found = asyncio.run(read())
    if as_json:
        say_json({"tokens": [asdict(token) for token in found]})
    else:
        rows = [
            (each.name, each.email, london(each.made_at), each.revoked_at and london(each.revoked_at))
            for each in found
        ]
        say_table(("Token", "Whose", "Made", "Revoked"), rows)


@app.command("revoke")
def revoke(
    name: Annotated[str, typer.Argument(help="The token's name, as iom token list shows it.")],
    as_json: AsJson = False,
) -> None:
    """Take a token out of use, at once and for good."""
    from datetime import UTC, datetime

    from iom.adapters.database import transaction
    from iom.adapters.store import staff_accounts
    from iom.cli.record import the_record
    from iom.refusals import Refused

    async def revoked() -> None:
        async with the_record() as pool, transaction(pool) as conn:
            if not await staff_accounts.revoke_token(conn, name, datetime.now(UTC)):
                raise Refused("token_unknown", f"No token in use is called {name}. See them: iom token list.")

    with answering(as_json=as_json):
        asyncio.run(revoked())
    say_json({"token": name, "revoked": True}) if as_json else say(f"{name} opens nothing any more.")
