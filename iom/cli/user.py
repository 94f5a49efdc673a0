"""`iom user`: who signs in, joiners, movers and leavers. Passwords are shown once and kept as hashes."""

import asyncio
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from iom.cli.answering import AsJson, answering, london, say_json, say_table
from iom.cli.speech import say
from iom.vocabulary import Role

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime
    from uuid import UUID

    from iom.adapters.database import Connection
    from iom.adapters.deeds.joining import Joined, NewAccount

app = typer.Typer(no_args_is_help=True, help="The people who sign in.")

Email = Annotated[str, typer.Option(help="Their address: they sign in with it, and letters go there.")]
Whose = Annotated[str, typer.Option("--email", help="Their address.")]
Name = Annotated[str, typer.Option(help="As the others on a case read it.")]
OfRole = Annotated[Role, typer.Option("--role", help="What they are on the scheme.")]
Agency = Annotated[str, typer.Option(help="Where they work, by name. A new name makes a new agency.")]
Manager = Annotated[str | None, typer.Option(help="Address of who hears when they do not answer.")]
FromStdin = Annotated[
    bool, typer.Option("--password-stdin", help="Read the password from standard input, its first line.")
]
Contact = Annotated[bool, typer.Option("--point-of-contact", help="They answer for their agency.")]
ByLink = Annotated[
    bool, typer.Option("--by-link", help="They sign in by links in e-mails, without a password.")
]


@app.command("add")
def add(
    email: Email,
    name: Name,
    role: OfRole,
    agency: Agency,
    manager: Manager = None,
    point_of_contact: Contact = False,
    by_link: ByLink = False,
    password_stdin: FromStdin = False,
    as_json: AsJson = False,
) -> None:
    """Let somebody sign in.

    Without --password-stdin a password is made and printed, this once. A coordinator, chair or analyst serves every
    case; all others see the cases whose team they are on.

    For example: `iom user add --email ann@probation.example --name "Ann Lee" --role mentor --agency Probation`
    """
    from iom.adapters.deeds.joining import NewAccount

    password = None if by_link else _password(given=password_stdin)
    new = NewAccount(email, name, role, agency, password, manager, point_of_contact, by_link)
    with answering(as_json=as_json):
        joined = asyncio.run(_join(new))
    _tell(joined, role, None if password_stdin else password, by_link=by_link, as_json=as_json)


def _password(*, given: bool) -> str:
    from iom.adapters.deeds.staff import new_password

    return sys.stdin.readline().rstrip("\r\n") if given else new_password()


def _tell(joined: "Joined", role: Role, made: str | None, *, by_link: bool, as_json: bool) -> None:
    if as_json:
        say_json({"email": joined.email, "role": role, "agency": joined.agency, "password": made})
        return
    say(f"{joined.email} can sign in, as {role} of {joined.agency}.")
    if by_link:
        say("They ask for a link on the sign-in page, each time.")
    else:
        say(f"Password (shown this once): {made}" if made else "The password is the one you gave.")


async def _join(new: "NewAccount") -> "Joined":
    from datetime import UTC, datetime

    from iom.adapters.database import transaction
    from iom.adapters.deeds.staff import COMMAND, join
    from iom.cli.record import the_record

    async with the_record() as pool, transaction(pool) as conn:
        return await join(conn, COMMAND, new, datetime.now(UTC))


@app.command("list")
def list_(
    due: Annotated[
        bool, typer.Option("--due", help="Only those whom their agency has to recertify now.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Everybody who signs in or did, and whether they still can."""
    with answering(as_json=as_json):
        found = asyncio.run(_read(None))
    shown = [row for row in found if row["due"] or not due]
    if as_json:
        say_json({"accounts": shown})
    else:
        names = ("email", "name", "role", "agency", "state")
        titles = ("Address", "Name", "Role", "Agency", "State")
        say_table(titles, [[row[name] for name in names] for row in shown])


@app.command("show")
def show(email: Whose, as_json: AsJson = False) -> None:
    """One account, with what was done to it."""
    with answering(as_json=as_json):
        [found] = asyncio.run(_read(email))
    if as_json:
        say_json(found)
    else:
        for name, value in found.items():
            if name != "changes":
                say(f"{name.replace('_', ' '):<18} {value if value is not None else ''}")
        for change in found["changes"]:  # type: ignore[attr-defined]
            say(f"{london(change['at']):<18} {change['change']} {change['said']}")


async def _read(email: str | None) -> list[dict[str, object]]:
    from datetime import UTC, datetime

    from iom.adapters.database import transaction
    from iom.adapters.deeds.staff import told
    from iom.adapters.settings import load_settings
    from iom.adapters.sign_in_rules import terms
    from iom.cli.record import the_record

    async with the_record() as pool, transaction(pool) as conn:
        return await told(conn, email, terms(load_settings()), datetime.now(UTC))


@app.command("set-password")
def set_password(email: Whose, password_stdin: FromStdin = False, as_json: AsJson = False) -> None:
    """Give somebody another password. Their sessions end."""
    from iom.adapters.deeds import staff

    password = _password(given=password_stdin)
    _do(
        email,
        lambda conn, account, at: staff.set_password(conn, staff.COMMAND, account, password, at),
        "Their password is the one you gave."
        if password_stdin
        else f"Password (shown this once): {password}",
        {} if password_stdin else {"password": password},
        as_json=as_json,
    )


@app.command("move")
def move(
    email: Whose,
    role: OfRole,
    agency: Annotated[str | None, typer.Option(help="Where they work from now on, if that changes.")] = None,
    as_json: AsJson = False,
) -> None:
    """Somebody has another role, or works elsewhere. Their sessions end; what they see follows the new role."""
    from iom.adapters.deeds import staff

    _do(
        email,
        lambda conn, account, at: staff.move(conn, staff.COMMAND, account, role, agency, at),
        f"{email} is {role} now.",
        as_json=as_json,
    )


@app.command("leave")
def leave(email: Whose, as_json: AsJson = False) -> None:
    """Somebody has left: their sessions, keys to the API and second factor end. What they did stays on record."""
    from iom.adapters.deeds import staff

    _do(
        email,
        lambda conn, account, at: staff.leave(conn, staff.COMMAND, account, at),
        f"{email} has left.",
        as_json=as_json,
    )


@app.command("unlock")
def unlock(email: Whose, as_json: AsJson = False) -> None:
    """Let somebody in again whose account is locked, and recertify them as of today."""
    from iom.adapters.deeds import staff

    _do(
        email,
        lambda conn, account, at: staff.unlock(conn, staff.COMMAND, account, at),
        f"{email} can sign in, and is recertified as of today.",
        as_json=as_json,
    )


@app.command("reset-factor")
def reset_factor(email: Whose, as_json: AsJson = False) -> None:
    """Somebody has lost their app and their recovery codes: at the next sign-in they set up a new app."""
    from iom.adapters.deeds import staff

    _do(
        email,
        lambda conn, account, at: staff.reset_factor(conn, staff.COMMAND, account, at),
        f"{email} sets up a new app at the next sign-in.",
        as_json=as_json,
    )


def _do(
    email: str,
    deed: "Callable[[Connection, UUID, datetime], Awaitable[None]]",
    done: str,
    more: dict[str, str] | None = None,
    *,
    as_json: bool,
) -> None:
    from datetime import UTC, datetime

    from iom.adapters.database import transaction
    from iom.adapters.deeds.staff import account_at
    from iom.cli.record import the_record

    async def do() -> None:
        async with the_record() as pool, transaction(pool) as conn:
            await deed(conn, await account_at(conn, email), datetime.now(UTC))

    with answering(as_json=as_json):
        asyncio.run(do())
    say_json({"email": email} | (more or {})) if as_json else say(done)
