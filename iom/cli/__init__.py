"""The command line: wires one small app per command group. Holds no logic; heavy imports stay inside commands."""

import typer

app = typer.Typer(
    name="iom",
    no_args_is_help=True,
    add_completion=False,
    help="Supervision plans for Integrated Offender Management.",
)


@app.callback()
def root() -> None:
    """Supervision plans for Integrated Offender Management."""


def main() -> None:
    """Run the command line; the console script and `python -m iom` both come here."""
    app()
