"""`iom user` and `iom agency`: who signs in, and where they work. Passwords are shown once and kept as hashes."""

import secrets
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from iom.cli.answering import AsJson, answering, say_json
from iom.cli.speech import say
from iom.vocabulary import Role

if TYPE_CHECKING:
    from iom.adapters.deeds.joining import Joined, NewAccount

app = typer.Typer(no_args_is_help=True, help="The people who sign in.")
agencies = typer.Typer(no_args_is_help=True, help="The partner organisations people work for.")

Email = Annotated[str, typer.Option(help="Their address: they sign in with it, and letters go there.")]
Name = Annotated[str, typer.Option(help="As the others on a case read it.")]
OfRole = Annotated[Role, typer.Option("--role", help="What they are on the scheme.")]
Agency = Annotated[str, typer.Option(help="Where they work, by name. A new name makes a new agency.")]
Manager = Annotated[str | None, typer.Option(help="Address of who hears when they do not answer.")]
FromStdin = Annotated[
    bool, typer.Option("--password-stdin", help="Read the password from standard input, its first line.")
]
Contact = Annotated[bool, typer.Option("--point-of-contact", help="They answer for their agency.")]


@app.callback()
def _group() -> None:
    """Makes `add` a word of the command: with one command only, typer would drop it."""


@agencies.callback()
def _agency_group() -> None:
    """Makes `add` a word of the command."""


@app.command("add")
def add(
    email: Email,
    name: Name,
    role: OfRole,
    agency: Agency,
    manager: Manager = None,
    point_of_contact: Contact = False,
    password_stdin: FromStdin = False,
    as_json: AsJson = False,
) -> None:
    """Let somebody sign in.

    Without --password-stdin a password is made and printed, this once. A coordinator, chair or analyst serves every
    case; all others see the cases whose team they are on.

    For example: `iom user add --email ann@probation.example --name "Ann Lee" --role mentor --agency Probation`
    """
    from iom.adapters.deeds.joining import NewAccount

    password = sys.stdin.readline().rstrip("\r\n") if password_stdin else secrets.token_urlsafe(15)
    new = NewAccount(email, name, role, agency, password, manager, point_of_contact)
    with answering(as_json=as_json):
        joined = _run(new)
    _tell(joined, role, None if password_stdin else password, as_json=as_json)


def _tell(joined: "Joined", role: Role, made: str | None, *, as_json: bool) -> None:
    if as_json:
        say_json({"email": joined.email, "role": role, "agency": joined.agency, "password": made})
    else:
        say(f"{joined.email} can sign in, as {role} of {joined.agency}.")
        say(f"Password (shown this once): {made}" if made else "The password is the one you gave.")


@agencies.command("add")
def add_agency(
    name: Annotated[str, typer.Option(help="As people read it.")], as_json: AsJson = False
) -> None:
    """Make an agency before anybody who works there. Nothing changes if there is one of this name."""
    import asyncio

    from iom.adapters.database import transaction
    from iom.adapters.deeds import joining
    from iom.cli.record import the_record

    async def made() -> dict[str, str]:
        async with the_record() as pool, transaction(pool) as conn:
            agency = await joining.add_agency(conn, name)
            return {"code": agency.code, "name": agency.name}

    with answering(as_json=as_json):
        agency = asyncio.run(made())
    say_json(agency) if as_json else say(
        f"{agency['name']} is an agency here, with the code {agency['code']}."
    )


def _run(new: "NewAccount") -> "Joined":
    import asyncio
    from datetime import UTC, datetime

    from iom.adapters.database import transaction
    from iom.adapters.deeds.joining import add_account
    from iom.cli.record import the_record

    async def joined() -> "Joined":
        async with the_record() as pool, transaction(pool) as conn:
            return await add_account(conn, new, datetime.now(UTC))

    return asyncio.run(joined())
