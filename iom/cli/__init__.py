"""The command line: one module per group of commands. Wires them and no more; heavy imports stay inside commands."""

import typer

from iom.cli import (
    agency,
    audit,
    demo,
    directory,
    import_cohort,
    migrate,
    plans,
    programme,
    rights,
    token,
    user,
    web,
    where,
    worker,
)
from iom.cli.leave import leaving

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
    help="""Supervision plans for Integrated Offender Management.

    New here? `./run demo` starts everything on this machine with invented people.
    Every other command then finds that demo by its data folder (`--data-dir`, or `.iom` here),
    or, in real use, the database, mail server and Temporal by the addresses in the environment.""",
)

app.command("demo")(demo.demo)
app.command("demo-people", hidden=True)(demo.demo_people)
app.command("web")(web.web)
app.command("worker")(worker.worker)
app.command("migrate")(migrate.migrate)

app.add_typer(import_cohort.app, name="import")
app.add_typer(programme.app, name="programme")
app.add_typer(plans.app, name="plans")
app.add_typer(user.app, name="user")
app.add_typer(agency.app, name="agency")
app.add_typer(token.app, name="token")
app.add_typer(directory.app, name="directory")
app.add_typer(audit.app, name="audit")
app.add_typer(rights.app, name="rights")


def main() -> None:
    """Run the command line. Exit status 2 and one sentence on stderr for whatever is refused."""
    command = typer.main.get_group(app)
    where.offer_data_dir(command)
    with leaving():
        command(prog_name="iom")
