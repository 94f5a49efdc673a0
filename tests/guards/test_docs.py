"""Documents say what is so: every path, link, command, name and address in them exists. Reads; starts no service."""

import ast
import importlib
import re
import shlex
import subprocess
import sysconfig
from datetime import date
from itertools import takewhile
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import typer
import yaml

from iom.adapters.settings import Settings
from iom.cli import app, where
from iom.cohort_row import COLUMNS
from tests.guards.documents import HOUSE, Document, documents
from web.app import create_app

DOCUMENTS = documents()
EACH = pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.name)
ADRS = sorted((HOUSE / "docs" / "adr").glob("*.md"))
SECTIONS = ["Context", "Decision", "Consequences", "What was measured or read"]

ROOMS = ("iom", "workflows", "activities", "web", "tests")
A_PATH = re.compile(r"\.?[A-Za-z_][\w.*-]*(/[\w.*-]+)*/?")
A_FILE = re.compile(r".*\.(py|md|toml|yml|yaml|txt|sh|css|html|lock|json|example|png)")
A_NAME = re.compile(rf"({'|'.join(ROOMS)})(\.\w+)+")
MADE_BY_RUNNING = (".venv", ".iom", "deploy/secrets")
BESIDE = {"domain.md"}
"""The brief on the field: sources are named by its sections. It is not in this repository."""
NOT_OURS = ("design.md", "temporal.md", "ecosystem.md", "performance.md §", "shared/")
WORDS_OF_RUN = {"demo", "test", "lint", "check", "bench", "iom"}


@EACH
def test_every_link_leads_somewhere(document: Document) -> None:
    for link in document.links:
        file, _, anchor = link.partition("#")
        target = (document.path.parent / file).resolve() if file else document.path
        assert target.exists(), f"{document.name} links to {link}"
        if anchor:
            assert anchor in Document(target).anchors, f"{document.name} links to {link}"


@EACH
def test_every_path_named_exists(document: Document) -> None:
    for code in document.code:
        if _is_path(code):
            assert _exists(code), f"{document.name} names {code}"


@EACH
def test_every_name_of_the_code_exists(document: Document) -> None:
    for code in document.code:
        if A_NAME.fullmatch(code) and not A_FILE.fullmatch(code):
            assert _is_defined(code), f"{document.name} names {code}"


@EACH
def test_every_setting_named_exists(document: Document) -> None:
    known = {f"IOM_{field.upper()}" for field in Settings.model_fields}
    assert set(re.findall(r"\bIOM_[A-Z_]+\b", document.text)) <= known


@EACH
def test_every_command_shown_is_one(document: Document, pytestconfig: pytest.Config) -> None:
    for words in document.commands:
        match words:
            case ("./run", "test", *rest):
                _check_pytest(rest, pytestconfig)
            case ("./run", word, *rest):
                _check_run(word, rest)
            case ("iom", *rest):
                _check_iom(rest)
            case ("docker", "compose", verb, *rest) if verb in ("run", "exec"):
                _check_container(rest)
            case (".venv/bin/temporal", *rest):
                _check_temporal(rest)
            case (".venv/bin/python" | "python", "-m", module, *_):
                assert importlib.util.find_spec(module), f"{document.name} runs {module}"
            case (program, *_) if program.startswith("deploy/") and program.endswith(".sh"):
                assert (HOUSE / program).exists(), f"{document.name} runs {program}"


@EACH
def test_every_request_shown_is_one_the_api_takes(document: Document) -> None:
    api = create_app(Settings(database_url="postgresql://actions@localhost/iom", smtp_url="smtp://localhost"))
    routes = api.openapi()["paths"]
    for words in document.commands:
        if words[0] == "curl":
            address = next(word for word in words if word.startswith(("$API", "http")))
            parts = urlsplit(address.replace("$API", "http://localhost/api/v1"))
            found = [path for path in routes if re.fullmatch(re.sub(r"{\w+}", "[^/]+", path), parts.path)]
            assert found or parts.path == api.openapi_url, f"{document.name} asks {address}"
            method = "post" if "-d" in words else "get"
            known = {each["name"] for each in routes[found[0]][method].get("parameters", [])}
            assert set(parse_qs(parts.query)) <= known, f"{document.name} asks {address}"


@EACH
def test_every_python_shown_can_be_imported(document: Document) -> None:
    for block in document.blocks:
        if block.language == "python":
            for node in ast.walk(ast.parse(block.text)):
                if isinstance(node, ast.ImportFrom):
                    for alias in node.names:
                        assert _is_defined(f"{node.module}.{alias.name}"), f"{document.name}: {alias.name}"


@EACH
def test_no_document_leans_on_what_is_not_here(document: Document) -> None:
    assert not [name for name in NOT_OURS if name in document.text]


@pytest.mark.parametrize("path", ADRS, ids=lambda path: path.stem)
def test_every_decision_has_number_status_date_and_sections(path: Path) -> None:
    text = path.read_text()
    number = int(path.stem[:4])
    assert text.startswith(f"# {number}. ")
    assert re.search(r"^Status: (proposed|accepted|superseded by \[\d{4}\]\(.+\))$", text, re.MULTILINE)
    dated = re.search(r"^Date: (.+)$", text, re.MULTILINE)
    assert dated is not None
    assert date.fromisoformat(dated[1]) <= date.today()  # noqa: DTZ011 - the day on the writer's desk
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == SECTIONS


def test_decisions_are_numbered_on_and_listed() -> None:
    assert [int(path.stem[:4]) for path in ADRS] == list(range(1, len(ADRS) + 1))
    listed = [link for link in Document(HOUSE / "docs" / "architecture.md").links if link.startswith("adr/")]
    assert sorted(set(listed)) == [f"adr/{path.name}" for path in ADRS]


def test_every_term_of_the_glossary_is_there_once_with_meaning_and_source() -> None:
    rows = Document(HOUSE / "docs" / "glossary.md").rows("Term")
    terms = [row[0] for row in rows]
    assert len(terms) > 80
    assert len(set(terms)) == len(terms)
    for term, meaning, _, source in rows:
        assert meaning, term
        assert re.fullmatch(r"ours|Temporal|§\d+(\.\d+)?(, §\d+(\.\d+)?)*", source), term


def test_the_cohort_file_is_described_column_by_column() -> None:
    document = Document(HOUSE / "docs" / "cohort-file.md")
    described = [name for row in document.rows("Column") for name in re.findall(r"`(\w+)`", row[0])]
    assert described == list(dict.fromkeys(described))
    assert set(described) == set(COLUMNS)
    assert f"all {len(COLUMNS)} columns" in document.text


def _is_path(code: str) -> bool:
    if code in BESIDE or "..." in code or not A_PATH.fullmatch(code):
        return False
    return "/" in code or bool(A_FILE.fullmatch(code))


def _exists(code: str) -> bool:
    if code.startswith(MADE_BY_RUNNING):
        return True
    if "/" in code:
        return any(HOUSE.glob(code.rstrip("/")))
    rooms = (HOUSE, *(HOUSE / room for room in (*ROOMS, "deploy", "docs")))
    return (HOUSE / code).exists() or any(any(room.rglob(code)) for room in rooms[1:])


def _is_defined(name: str) -> bool:
    parts = name.split(".")
    for length in range(len(parts), 0, -1):
        try:
            found: object = importlib.import_module(".".join(parts[:length]))
        except ModuleNotFoundError:
            continue
        for attribute in parts[length:]:
            found = getattr(found, attribute, None)
        return found is not None
    return False


def _check_run(word: str, rest: list[str]) -> None:
    if word in ("lint", "check", "bench"):
        return
    _check_iom(rest if word == "iom" else [word, *rest])


def _check_pytest(rest: list[str], config: pytest.Config) -> None:
    for word in rest:
        if word.startswith("--"):
            assert config.getoption(word.lstrip("-").replace("-", "_"), None, skip=False) is not None, word
        elif not word.isupper():
            assert (HOUSE / word).exists(), f"./run test {word}"


def _check_iom(words: list[str]) -> None:
    """The command is there, with every option; what stands for a value (REF) need not be one."""
    command = typer.main.get_group(app)
    where.offer_data_dir(command)
    said = " ".join(["iom", *words])
    context = typer.Context(command, info_name="iom")
    rest = list(words)
    while rest and not rest[0].startswith("-") and isinstance(command, typer.core.TyperGroup):
        found = command.get_command(context, rest.pop(0))
        assert found is not None, said
        command = found  # type: ignore[assignment]
    options = {option for parameter in command.params for option in parameter.opts} | {"--help"}
    assert {word for word in rest if word.startswith("--")} <= options, said


def _check_container(words: list[str]) -> None:
    """The service is in the compose file; what it is told to run, if we know that program, is a command of it."""
    services = yaml.safe_load((HOUSE / "docker-compose.yml").read_text())["services"]
    service, *told = [word for word in words if word not in ("--rm", "-T")]
    assert service in services, f"docker compose ... {service}"
    match told:
        case ("-c", line) if line.startswith("temporal "):
            _check_temporal(shlex.split(line)[1:])
        case (_, *_) if str(services[service]["image"]).startswith("iom:"):
            _check_iom(told)


def _check_temporal(words: list[str]) -> None:
    program = str(Path(sysconfig.get_path("scripts"), "temporal"))
    named = list(takewhile(lambda word: not word.startswith("-"), words))
    told = subprocess.run([program, *named, "--help"], capture_output=True, text=True, check=True).stdout
    assert f"temporal {' '.join(named)}" in told, words
    assert all(word in told for word in words if word.startswith("--")), words
