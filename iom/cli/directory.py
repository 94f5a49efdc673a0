"""`iom directory`: whether agencies' own directories answer, and undoing who is who there. Shows no secret."""

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from iom.cli.answering import AsJson, answering, say_json, say_table
from iom.cli.speech import say

if TYPE_CHECKING:
    from iom.adapters.directory_settings import Directory

app = typer.Typer(no_args_is_help=True, help="Agencies’ own directories, that people sign in with.")


@app.command("check")
def check(as_json: AsJson = False) -> None:
    """Ask every directory of IOM_DIRECTORIES where it answers and for its keys. Exit status 1 if one does not answer.

    Shows the address that each directory must be told to send people back to.
    """
    from iom.adapters.directory import way_back
    from iom.adapters.settings import load_settings

    with answering(as_json=as_json):
        settings = load_settings()
    faults = asyncio.run(_faults(settings.directories))
    rows = [
        {
            "directory": each.code,
            "agency": each.agency,
            "sends_back_to": way_back(settings.public_url, each),
            "fault": faults[each.code],
        }
        for each in settings.directories
    ]
    if as_json:
        say_json({"directories": rows})
    else:
        cells = [[*list(row.values())[:3], row["fault"] or "answers"] for row in rows]
        say_table(("Directory", "Agency", "Sends people back to", "Now"), cells)
    if any(faults.values()):
        raise typer.Exit(1)


async def _faults(directories: "list[Directory]") -> dict[str, str | None]:
    return {each.code: await _fault(each) for each in directories}


async def _fault(directory: "Directory") -> str | None:
    from iom.adapters.directory import Provider
    from iom.adapters.directory_wire import OutOfReach, Untrusted

    try:
        await Provider(directory).count_keys(datetime.now(UTC))
    except (OutOfReach, Untrusted) as wrong:
        return wrong.fault
    return None


@app.command("unlink")
def unlink(
    email: Annotated[str, typer.Option(help="The address of the account.")], as_json: AsJson = False
) -> None:
    """Forget who somebody is in their directory and sign them out: the next time they are found by their address.

    For a person whom their directory has made anew, and for an address that went to somebody else.
    """
    from iom.adapters.database import transaction
    from iom.adapters.directory_accounts import unlink as forget
    from iom.cli.record import the_record

    async def forgotten() -> int:
        async with the_record() as pool, transaction(pool) as conn:
            return await forget(conn, email, datetime.now(UTC))

    with answering(as_json=as_json):
        were = asyncio.run(forgotten())
    said = {0: f"{email} was nobody in any directory."}.get(were, f"{email} is forgotten and signed out.")
    say_json({"email": email, "forgotten": were}) if as_json else say(said)
