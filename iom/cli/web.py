"""`iom web`: serve the pages and the API. Any number may run behind one address; knows no Temporal."""

from typing import Annotated

import typer

GOODBYE_SECONDS = 3
"""How long open pages may keep a stopping server; live pages reconnect to the next one."""


def web(
    host: Annotated[
        str, typer.Option(help="Address to listen on. Only this machine unless you say so.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port to listen on.")] = 8000,
) -> None:
    """Serve the pages and the API, until SIGTERM or SIGINT.

    Needs the database only: with Temporal or the mail server down, people's work goes on.
    """
    import signal
    import sys

    import uvicorn

    from iom.adapters.logs import log_as
    from iom.adapters.settings import load_settings
    from iom.adapters.sign_in_rules import check_second_factor

    # When it has stopped in good order, uvicorn sends itself the signal again, for whoever listened before it.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))

    settings = load_settings()  # what is missing is said here in one sentence, not from inside the server
    check_second_factor(settings, host)
    log_as(settings.log_format)
    uvicorn.run(
        "web.app:create_app",
        factory=True,
        host=host,
        port=port,
        timeout_graceful_shutdown=GOODBYE_SECONDS,
        server_header=False,
        log_config=None,
        access_log=False,  # addresses hold what people search for: names. The audit table is the record of who saw what
    )
