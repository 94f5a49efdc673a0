"""`iom token create`: a key to the API for one person. Shown once, kept as a hash."""

from typing import Annotated

import typer

from iom.cli.answering import AsJson, answering, say_json
from iom.cli.speech import say

app = typer.Typer(no_args_is_help=True, help="Keys to the API.")


@app.callback()
def _group() -> None:
    """Makes `create` a word of the command: with one command only, typer would drop it."""


@app.command("create")
def create(
    email: Annotated[str, typer.Option(help="Whose token it is: it may do what they may do.")],
    as_json: AsJson = False,
) -> None:
    """Make a token for the API and print it, this once.

    Send it with each request: `curl -H "Authorization: Bearer TOKEN" http://127.0.0.1:8000/api/v1/me`
    """
    import asyncio
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
