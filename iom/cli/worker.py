"""`iom worker`: the process that runs plans and sends letters. Any number may run; what they do is in workflows."""

from pathlib import Path
from typing import Annotated

import typer


def worker(
    alive_file: Annotated[
        Path | None,
        typer.Option(
            help="Touch this file every 5 seconds: a health check sees by its age that this one is well."
        ),
    ] = None,
) -> None:
    """Run plans and send letters, until SIGTERM or SIGINT.

    Needs the database, the mail server and Temporal (TEMPORAL_ADDRESS or a TEMPORAL_PROFILE). Run as many as you like.
    """
    import asyncio

    from iom.adapters.logs import log_as
    from iom.adapters.settings import load_settings
    from workflows.worker import run

    settings = load_settings()
    log_as(settings.log_format)
    asyncio.run(run(settings, alive_file))
