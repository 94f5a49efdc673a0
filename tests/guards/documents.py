"""The repository's documents as the guards read them: links, headings, code named in them. Judges nothing."""

import re
import shlex
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from textwrap import dedent

HOUSE = Path(__file__).parents[2]

_FENCE = re.compile(r"^( *)```(\w*)\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_CODE = re.compile(r"`([^`\n]+)`")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
_CONTINUED = re.compile(r" *\\\n *")
_BETWEEN_COMMANDS = re.compile(r"\$\(|\)|;|&&|\|")
_SHOWN_COMMANDS = ("./run ", "iom ", ".venv/bin/", "python -m ", "docker compose ", "deploy/")


@dataclass(frozen=True)
class Block:
    """A fenced block and the language it says it is in."""

    language: str
    text: str


@dataclass(frozen=True)
class Document:
    """One Markdown file."""

    path: Path

    @property
    def name(self) -> str:
        return str(self.path.relative_to(HOUSE))

    @cached_property
    def text(self) -> str:
        return self.path.read_text("utf-8")

    @cached_property
    def prose(self) -> str:
        """Everything but the fenced blocks."""
        return _FENCE.sub("", self.text)

    @cached_property
    def blocks(self) -> tuple[Block, ...]:
        return tuple(Block(found[2], dedent(found[3])) for found in _FENCE.finditer(self.text))

    @property
    def links(self) -> tuple[str, ...]:
        """Where links and pictures lead, within this repository."""
        return tuple(link for link in _LINK.findall(self.prose) if not link.startswith(("http:", "https:")))

    @property
    def anchors(self) -> set[str]:
        """The part of an address by which each heading is reached."""
        plain = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in _HEADING.findall(self.prose))
        return {heading.replace(" ", "-") for heading in plain}

    @property
    def code(self) -> tuple[str, ...]:
        """What stands between backticks in the prose."""
        return tuple(_CODE.findall(self.prose))

    @property
    def commands(self) -> tuple[tuple[str, ...], ...]:
        """Every command shown, in blocks and in prose, word by word."""
        lines = [line for block in self.blocks if block.language == "sh" for line in _lines(block.text)]
        lines += [code for code in self.code if code.startswith(_SHOWN_COMMANDS)]
        return tuple(words for line in lines if (words := _words(line)))

    def rows(self, heading: str) -> list[list[str]]:
        """The cells of the table whose first column has this heading, headings left out."""
        cells = [
            [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
            for line in self.text.splitlines()
            if line.startswith("|")
        ]
        starts = [number for number, row in enumerate(cells) if row[0] == heading]
        rows = []
        for start in starts:
            for row in cells[start + 2 :]:
                if len(row) != len(cells[start]) or set(row[0]) <= {"-"} or row[0] in ("", heading):
                    break
                rows.append(row)
        return rows


def documents() -> list[Document]:
    """Every document of this repository."""
    return [Document(path) for path in sorted([*HOUSE.glob("*.md"), *(HOUSE / "docs").rglob("*.md")])]


def _lines(block: str) -> list[str]:
    joined = _CONTINUED.sub(" ", block)
    return [part.strip() for line in joined.splitlines() for part in _split(line)]


def _split(line: str) -> list[str]:
    """The commands of one line; a quotation is left whole."""
    if line.lstrip().startswith("curl"):
        return [line]
    return _BETWEEN_COMMANDS.split(line)


def _words(line: str) -> tuple[str, ...]:
    try:
        return tuple(shlex.split(line, comments=True))
    except ValueError as error:
        raise AssertionError(f"no shell can read {line!r}: {error}") from None
