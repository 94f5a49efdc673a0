"""docker-compose.yml and Dockerfile as the guards read them. Starts no engine: none can be had where tests run."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

HOUSE = Path(__file__).parents[2]
OURS = "iom"
SECRETS = "/run/secrets/"


@dataclass(frozen=True)
class Service:
    """One service of the file; ``said`` is its mapping, anchors and merges resolved."""

    name: str
    said: dict[str, Any]

    @property
    def image(self) -> str:
        return str(self.said["image"])

    @property
    def repository(self) -> str:
        return self.image.partition(":")[0]

    @property
    def tag(self) -> str:
        return self.image.partition(":")[2]

    @property
    def is_ours(self) -> bool:
        return self.repository == OURS

    @property
    def keeps_running(self) -> bool:
        """Whether it is meant to run for ever; the others end by themselves."""
        return str(self.said["restart"]) == "unless-stopped"

    @property
    def environment(self) -> dict[str, str]:
        return {name: str(value) for name, value in self.said.get("environment", {}).items()}

    @property
    def mounted(self) -> dict[str, str]:
        """The secrets by the name of the file it finds each in."""
        said = self.said.get("secrets", [])
        return {each: each for each in said if isinstance(each, str)} | {
            each["target"]: each["source"] for each in said if not isinstance(each, str)
        }

    @property
    def secrets(self) -> set[str]:
        return set(self.mounted.values())

    @property
    def waits_for(self) -> dict[str, str]:
        """Service and condition."""
        return {name: after["condition"] for name, after in self.said.get("depends_on", {}).items()}

    @property
    def ports(self) -> list[str]:
        return list(self.said.get("ports", []))

    @property
    def own_files(self) -> list[str]:
        """Files of this repository that are mounted into it."""
        return [str(mount).split(":")[0] for mount in self.said.get("volumes", []) if mount.startswith("./")]

    @property
    def words(self) -> list[str]:
        """What it runs, word by word."""
        return [str(word) for part in ("entrypoint", "command") for word in self.said.get(part, [])]


class ComposeFile:
    """The whole file."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._said: dict[str, Any] = yaml.safe_load(text)

    @cached_property
    def services(self) -> list[Service]:
        return [Service(name, said) for name, said in self._said["services"].items()]

    @property
    def ours(self) -> list[Service]:
        return [service for service in self.services if service.is_ours]

    @property
    def secrets(self) -> dict[str, str]:
        """Name and file."""
        return {name: said["file"] for name, said in self._said["secrets"].items()}

    def named(self, name: str) -> Service:
        return next(service for service in self.services if service.name == name)

    def tag_of(self, repository: str) -> str:
        """The one tag under which this image is used; fails if there are several."""
        tags = {service.tag for service in self.services if service.repository == repository}
        assert len(tags) == 1, f"{repository} is used as {sorted(tags)}"
        return tags.pop()


@dataclass(frozen=True)
class Instruction:
    """One instruction of the Dockerfile, its continued lines joined."""

    word: str
    rest: str


def dockerfile() -> list[Instruction]:
    """The Dockerfile's instructions in order, comments left out."""
    text = (HOUSE / "Dockerfile").read_text()
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    joined = "\n".join(lines).replace("\\\n", " ").splitlines()
    return [Instruction(*line.split(maxsplit=1)) for line in joined]
