"""`iom agency`: the partner organisations people work for, and who answers for each. Knows no case."""

import asyncio
from datetime import datetime
from typing import Annotated

import typer

from iom.cli.answering import AsJson, answering, say_json, say_table
from iom.cli.speech import say

app = typer.Typer(no_args_is_help=True, help="The partner organisations people work for.")


@app.command("add")
def add(name: Annotated[str, typer.Option(help="As people read it.")], as_json: AsJson = False) -> None:
    """Make an agency before anybody who works there. Nothing changes if there is one of this name."""
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


@app.command("list")
def list_(as_json: AsJson = False) -> None:
    """Every agency, how many of its people sign in, and who answers for it."""
    from dataclasses import asdict

    from iom.adapters.database import transaction
    from iom.adapters.store import staff_accounts
    from iom.cli.record import the_record

    async def read() -> list[dict[str, object]]:
        async with the_record() as pool, transaction(pool) as conn:
            return [asdict(agency) for agency in await staff_accounts.agencies(conn)]

    with answering(as_json=as_json):
        found = asyncio.run(read())
    if as_json:
        say_json({"agencies": found})
    else:
        names = ("code", "name", "people", "contact")
        say_table(
            ("Code", "Agency", "People", "Point of contact"), [[row[name] for name in names] for row in found]
        )


@app.command("contact")
def contact(
    agency: Annotated[str, typer.Option(help="The agency, by code or name.")],
    email: Annotated[str, typer.Option(help="Who answers for it: an account of that agency.")],
    as_json: AsJson = False,
) -> None:
    """Name who answers for an agency: they keep its accounts, and hear when its people do not answer."""
    from datetime import UTC

    from iom.adapters.database import transaction
    from iom.adapters.deeds import staff
    from iom.cli.record import the_record

    async def named() -> str:
        async with the_record() as pool, transaction(pool) as conn:
            return await staff.name_contact(conn, agency, email, datetime.now(UTC))

    with answering(as_json=as_json):
        name = asyncio.run(named())
    say_json({"agency": name, "contact": email}) if as_json else say(f"{email} answers for {name} now.")


@app.command("agree")
def agree(
    agency: Annotated[str, typer.Option(help="The agency, by code or name.")],
    ref: Annotated[str, typer.Option(help="The reference that stands on the signed agreement.")],
    title: Annotated[str, typer.Option(help="Its title.")],
    tiers: Annotated[str, typer.Option(help="What its people may see, as T0,T1,T2.")],
    begins: Annotated[datetime, typer.Option("--from", formats=["%Y-%m-%d"], help="Its first day.")],
    ends: Annotated[datetime, typer.Option("--until", formats=["%Y-%m-%d"], help="Its last day.")],
    as_json: AsJson = False,
) -> None:
    """Record an information sharing agreement. From its first day it counts instead of the one before."""
    from datetime import UTC

    from iom.adapters.database import transaction
    from iom.adapters.deeds.agreements import Signed, record_agreement
    from iom.cli.record import the_record

    named = tuple(tier.strip().upper() for tier in tiers.split(",") if tier.strip())
    signed = Signed(agency, ref, title, named, begins.date(), ends.date())

    async def recorded() -> str:
        async with the_record() as pool, transaction(pool) as conn:
            return await record_agreement(conn, signed, datetime.now(UTC))

    with answering(as_json=as_json):
        name = asyncio.run(recorded())
    told = {"agency": name, "ref": ref, "tiers": list(named), "until": ends.date().isoformat()}
    say_json(told) if as_json else say(f"{name} shares {', '.join(named)} until {ends:%d %B %Y}, by {ref}.")
