"""`iom audit`: whether the record of looks is whole, and handing parts of it out. Alters nothing in it."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from iom.cli.answering import AsJson, answering, say_json, say_table
from iom.cli.speech import say

if TYPE_CHECKING:
    from iom.adapters.audit_export import Asked
    from iom.adapters.store.audit_chain import Reading, Sealed

app = typer.Typer(no_args_is_help=True, help="The record of who looked at what, and why.")

DAY = ["%Y-%m-%d"]
First = Annotated[datetime, typer.Option("--from", formats=DAY, help="First day, in London.")]
Last = Annotated[datetime, typer.Option("--to", formats=DAY, help="Last day, in London.")]
OfCase = Annotated[
    str | None, typer.Option("--case", metavar="REF", help="Only looks at the person of this case.")
]
OfAccount = Annotated[
    str | None, typer.Option("--account", metavar="EMAIL", help="Only looks by this account.")
]
Format = Annotated[str, typer.Option("--format", help="csv, or jsonl: one JSON object a line.")]
Output = Annotated[
    Path | None,
    typer.Option("--output", metavar="FILE", help="A new file, for your eyes only; else standard output."),
]
Recipient = Annotated[str, typer.Option(help="Whom it is for: an agency, an address, a court. Noted.")]
Why = Annotated[str, typer.Option(help="What it is for. Noted.")]


@app.command("verify")
def verify(
    seal: Annotated[bool, typer.Option("--seal", help="Put a seal on every lane that moved, first.")] = False,
    stands: Annotated[
        str, typer.Option(metavar="SEAL", help="A seal written down elsewhere, which must still be there.")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Read the whole record of looks and say whether every row is there as it was written.

    It names the first fault of each lane: an altered, missing or misplaced row, a forged head, a broken seal.
    The worker's log has a line looks_sealed for each seal: give its `stands` here, and a record written anew from end
    to end is found out as well.

    Exit status: 0 if it is sound, 1 if it is not, 2 if it could not be read.
    """
    import asyncio

    with answering(as_json=as_json):
        sealed, reading = asyncio.run(_verified(seal, stands))
    if as_json:
        say_json(_as_object(sealed, reading))
    else:
        _tell(sealed, reading)
    if reading.faults:
        raise typer.Exit(1)


@app.command("export")
def export(
    first: First,
    last: Last,
    recipient: Recipient,
    why: Why,
    output: Output = None,
    case: OfCase = None,
    account: OfAccount = None,
    file_format: Format = "csv",
    as_json: AsJson = False,
) -> None:
    """Write looks to a file, the oldest first. The export is itself noted as a disclosure.

    No cell can become a formula in a spreadsheet: what would is preceded by an apostrophe. The file holds names and
    what people searched for. Handle it as OFFICIAL-SENSITIVE.
    """
    import asyncio

    from iom.adapters.audit_export import Asked

    asked = Asked(first.date(), last.date(), case, account, file_format, recipient, why)
    with answering(as_json=as_json):
        count = asyncio.run(_exported(asked, output))
    if output is None:
        return
    if as_json:
        say_json({"looks": count, "file": str(output)})
    else:
        say(f"{count} looks are in {output}.")


async def _verified(put_seal: bool, stands: str) -> "tuple[Sealed | None, Reading]":
    from datetime import UTC

    from iom.adapters.database import transaction
    from iom.adapters.sealing import seal_once
    from iom.adapters.store import audit_chain
    from iom.cli.record import the_record

    async with the_record() as pool:
        sealed = await seal_once(pool, datetime.now(UTC)) if put_seal else None
        async with transaction(pool) as conn:
            return sealed, await audit_chain.read_through(conn, stands)


async def _exported(asked: "Asked", output: Path | None) -> int:
    from datetime import UTC

    from iom.adapters.audit_export import write_file
    from iom.cli.record import the_record

    async with the_record() as pool:
        return await write_file(pool, asked, output, datetime.now(UTC))


def _as_object(sealed: "Sealed | None", reading: "Reading") -> dict[str, object]:
    from dataclasses import asdict

    counted = asdict(reading) | {"sound": not reading.faults}
    return counted | ({"sealed_lanes": sealed.lanes} if sealed else {})


def _tell(sealed: "Sealed | None", reading: "Reading") -> None:
    if sealed:
        say(f"{sealed.lanes} lanes had moved and are sealed.")
    say(f"{reading.rows} looks in {reading.lanes} lanes, {reading.seals} seals.")
    if reading.last_seal:
        say(f"Write this down elsewhere, the last seal: {reading.last_seal}")
    if not reading.faults:
        say("Every row is as it was written.")
        return
    say_table(
        ("Fault", "Lane", "Place", "Row id", "What is wrong"),
        [(fault.kind, fault.lane, fault.place, fault.id, fault.sentence) for fault in reading.faults],
    )
