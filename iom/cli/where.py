"""How commands find a running demo: by the addresses it wrote into its data folder. What the environment says wins."""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated

import typer

from iom.refusals import Refused

DEFAULT_FOLDER = Path(".iom")
FILE = "addresses.json"
TEMPORAL_SAYS_WHERE = ("TEMPORAL_ADDRESS", "TEMPORAL_PROFILE", "TEMPORAL_CONFIG_FILE")


@dataclass(frozen=True)
class Addresses:
    """Where a demo's parts are, and ``pid``, its supervisor's process id. The database's addresses hold passwords.

    Commands and worker use ``database_url``; the web has the app's and the door's, and migrating is the owner's.
    """

    pid: int
    database_url: str
    app_database_url: str
    door_database_url: str
    owner_database_url: str
    smtp_url: str
    web_url: str
    inbox_dir: str | None
    temporal_address: str | None
    temporal_ui_url: str | None

    def environment(self) -> dict[str, str]:
        """The same as variables, for a process that is to use these parts."""
        variables = {
            "IOM_DATABASE_URL": self.database_url,
            "IOM_SMTP_URL": self.smtp_url,
            "IOM_PUBLIC_URL": self.web_url,
            "IOM_INBOX_DIR": self.inbox_dir,
            "TEMPORAL_ADDRESS": self.temporal_address,
        }
        return {name: value for name, value in variables.items() if value is not None}

    def write(self, folder: Path) -> None:
        """Leave the addresses in the data folder, for its owner's eyes only, whole or not at all."""
        unfinished = folder / f"{FILE}.unfinished"
        unfinished.touch(mode=0o600)
        unfinished.write_text(json.dumps(asdict(self), indent=2) + "\n")
        unfinished.rename(folder / FILE)


def forget(folder: Path) -> None:
    """Take the addresses away: what they name is about to stop."""
    (folder / FILE).unlink(missing_ok=True)


def running_demo(folder: Path) -> Addresses | None:
    """The addresses of the demo that we run on this folder, if one does. Raises Refused(addresses_unreadable)."""
    try:
        addresses = Addresses(**json.loads((folder / FILE).read_text()))
        os.kill(addresses.pid, 0)
    except OSError:  # no file, no such process, or somebody else's
        return None
    except (ValueError, TypeError):
        sentence = f"{folder / FILE} is not what a demo writes. Remove it and start the demo again."
        raise Refused("addresses_unreadable", sentence) from None
    return addresses


def adopt(folder: Path) -> None:
    """Put the running demo's addresses into our environment, save where it says something itself."""
    os.environ["IOM_DATA_DIR"] = str(folder)
    addresses = running_demo(folder)
    if addresses is None:
        return
    for name, value in addresses.environment().items():
        if name != "TEMPORAL_ADDRESS" or not any(os.environ.get(said) for said in TEMPORAL_SAYS_WHERE):
            os.environ.setdefault(name, value)


def offer_data_dir(command: typer.core.TyperGroup) -> None:
    """Give ``--data-dir`` to every command that has none of its own, so that each finds the demo the same way."""
    for below in command.commands.values():
        if isinstance(below, typer.core.TyperGroup):
            offer_data_dir(below)
        elif not any("--data-dir" in parameter.opts for parameter in below.params):
            below.params.extend(typer.main.get_command(_borrowed).params)


_borrowed = typer.Typer(add_completion=False)


@_borrowed.command()
def _with_data_dir(
    data_dir: Annotated[
        Path,
        typer.Option(
            "--data-dir",
            envvar="IOM_DATA_DIR",
            is_eager=True,
            expose_value=False,
            callback=lambda folder: adopt(folder),
            help="Folder of the running demo to talk to. Addresses in the environment win.",
        ),
    ] = DEFAULT_FOLDER,
) -> None:
    """A command that exists for its one option, which ``offer_data_dir`` lends to all the others."""
