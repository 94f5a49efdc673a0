"""`iom demo`: everything on this machine, with invented people. For looking and trying; never for real cases."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from iom.cli.speech import say
from iom.cli.where import Addresses, forget
from iom.refusals import Refused

if TYPE_CHECKING:
    from iom.cli.demo_parts import DemoParts
    from iom.cli.supervisor import Supervisor

USUAL_PORT = 8000

DataDir = Annotated[
    Path,
    typer.Option(
        "--data-dir",
        envvar="IOM_DATA_DIR",
        help="Folder for all its data. A later start on the same folder goes on where this one was.",
    ),
]
Port = Annotated[
    int | None,
    typer.Option(
        min=1, max=65535, help="Port of the pages. If left out: 8000, or a free one when that is taken."
    ),
]
Cohort = Annotated[
    Path | None,
    typer.Option(exists=True, dir_okay=False, help="Import this cohort file as well as the invented one."),
]
Fresh = Annotated[
    bool, typer.Option("--fresh", help="First throw away what an earlier demo left in the folder.")
]


def demo(
    data_dir: DataDir = Path(".iom"), port: Port = None, cohort: Cohort = None, fresh: Fresh = False
) -> None:
    """Start everything on this machine, with invented people, until Ctrl-C.

    PostgreSQL, Temporal, a mail server with an inbox page, the worker and the pages, all on loopback.
    When all is up, it prints "ready" and the address of the pages on a line of its own.

    Set IOM_DATABASE_URL, IOM_SMTP_URL or TEMPORAL_ADDRESS, and that is used instead of a part started here.
    """
    from iom.cli.demo_folder import held
    from iom.cli.demo_parts import DemoParts
    from iom.cli.supervisor import PartEnded, StopAsked, Supervisor

    supervisor = Supervisor(data_dir / "logs")
    supervisor.listen()
    parts = DemoParts.choose(data_dir, _pages_port(port))
    with held(data_dir, fresh=fresh):
        try:
            _bring_up(supervisor, parts, cohort)
            supervisor.watch()
        except StopAsked:
            say("\nStopping ...")
        except PartEnded as ended:
            say(f"\n{ended}")
            raise typer.Exit(1) from None
        finally:
            forget(data_dir)
            supervisor.stop_all()
    say("Everything is stopped. The same command goes on from here.")


def demo_people(cohort: Cohort = None) -> None:
    """Put the invented people into the record, unless they are there. The demo runs this at every start."""
    import asyncio

    from iom.adapters.settings import load_settings
    from iom.cli.demo_seed import seed

    asyncio.run(seed(load_settings(), cohort))


def _bring_up(supervisor: "Supervisor", parts: "DemoParts", cohort: Path | None) -> None:
    say(f"Starting a demo on {parts.folder}")
    if opened := parts.prepare():
        say(f"  Other users may now pass through (not read): {', '.join(map(str, opened))}")
        say("  because root's PostgreSQL runs as a user of its own.")
    supervisor.bring_up(parts.in_order(cohort), parts.environment())
    addresses = parts.addresses()
    addresses.write(parts.folder)
    _introduce(addresses)
    say(f"ready {addresses.web_url}")


def _introduce(addresses: Addresses) -> None:
    """Say where everything is and who can sign in."""
    from iom.cli.demo_accounts import SIGN_INS

    say(f"""
  Pages      {addresses.web_url}
  Inbox      {addresses.web_url}/inbox
  Temporal   {addresses.temporal_ui_url or "as the environment says"}

  Sign in as (all invented, like everybody here):
""")
    for role, email, password in SIGN_INS:
        say(f"  {role:<34} {email:<40} {password}")
    say("\nStop it with Ctrl-C; the same command goes on where it was.\n")


def _pages_port(asked: int | None) -> int:
    """The port asked for, or the usual one, or any. Raises Refused(port_taken) if the one asked for is taken."""
    from iom.adapters.embedded.child import free_port, port_is_free

    if asked is None:
        return free_port(USUAL_PORT)
    if not port_is_free(asked):
        sentence = f"Port {asked} is taken by another program. Name another with --port, or leave --port out."
        raise Refused("port_taken", sentence)
    return asked
