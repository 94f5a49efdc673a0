"""A subject access pack as files: JSON for programs, Markdown to read and to decide on. Written for its owner only."""

import json
import os
from dataclasses import asdict
from itertools import groupby
from pathlib import Path

from iom.adapters.subject_access import Item, Pack
from iom.calendar import LONDON
from iom.refusals import Refused

MARKING = "OFFICIAL-SENSITIVE. Holds everything on one person. Not for release as it stands."


def make_folder(folder: Path) -> None:
    """A new folder that only its owner opens. Raises Refused(file_exists)."""
    try:
        folder.mkdir(mode=0o700, parents=True)
    except FileExistsError:
        raise Refused("file_exists", f"{folder} is there already. Name a new folder.") from None


def write(pack: Pack, folder: Path) -> list[Path]:
    """Writes the pack into the folder; returns its files."""
    files = {
        "pack.json": json.dumps(asdict(pack), default=str, ensure_ascii=False, indent=2),
        "pack.md": _told(pack),
    }
    for name, text in files.items():
        place = os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(place, "w", encoding="utf-8") as file:
            file.write(text + "\n")
    return [folder / name for name in files]


def _told(pack: Pack) -> str:
    lines = [
        f"# Subject access: case {pack.ref}",
        "",
        f"{MARKING} Made {pack.made_at.astimezone(LONDON):%d %B %Y %H:%M} (London).",
        "",
        "Before anything goes out: ask whoever each item names under “Ask first”, decide on every third party, and",
        "write down what is withheld and why (Data Protection Act 2018 s.45(4), (5)).",
        "",
        "## What the person is to be told",
        "",
        "Purposes:",
        "",
        *(f"- {purpose}" for purpose in pack.purposes),
        "",
        "Who has been told, or can see it:",
        "",
        *(f"- {recipient}" for recipient in pack.recipients or ("nobody on record",)),
        "",
        f"Their other rights: {pack.rights}.",
        "",
        "How long it is kept:",
        "",
        *(f"- {_words(name)}: {value}" for name, value in pack.retention.items()),
        "",
        f"Looks at their record: {pack.looks}.",
        "",
        "## What is held",
    ]
    for what, items in groupby(pack.items, key=lambda item: (item.what, item.table)):
        lines += ["", f"### {what[0]} (`{what[1]}`)"]
        for item in items:
            lines += ["", *_item(item)]
    lines += [
        "",
        "## Where nothing is held",
        "",
        ", ".join(pack.tables_without_rows) or "Everywhere something is.",
    ]
    return "\n".join(lines)


def _item(item: Item) -> list[str]:
    lines = [
        f"- {_words(name)}: {_line(value)}"
        for name, value in item.values.items()
        if value not in (None, "", [])
    ]
    lines += [f"- **Tier {item.tier}. Ask first: {item.ask}.**"]
    if item.third_parties:
        lines += [f"- **Third parties, decide on each: {'; '.join(item.third_parties)}.**"]
    return [*lines, "- Decision (give, redact, withhold and why): ______"]


def _words(name: str) -> str:
    return name.replace("_", " ").capitalize()


def _line(value: object) -> str:
    """On one line, and nothing that Markdown would take for markup at its start."""
    return " / ".join(str(value).splitlines()) or "-"
