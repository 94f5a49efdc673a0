"""The compose file, the image and the scripts agree with the service they run. Reads files; starts no engine."""

import re
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
import typer
from temporalio.envconfig import ClientConfig

from iom.adapters.embedded import postgres, temporal
from iom.adapters.settings import Settings
from iom.cli import app
from tests.guards.compose_file import HOUSE, SECRETS, ComposeFile, Service, dockerfile

COMPOSE = ComposeFile((HOUSE / "docker-compose.yml").read_text())
SERVICES = pytest.mark.parametrize("service", COMPOSE.services, ids=lambda service: service.name)
OURS = pytest.mark.parametrize("service", COMPOSE.ours, ids=lambda service: service.name)
SCRIPTS = sorted((HOUSE / "deploy").rglob("*.sh"))
EXACT = re.compile(r"^v?\d+\.\d+(\.\d+)?(-[a-z]+)*$")
PASSED_TO_UVICORN = {"FORWARDED_ALLOW_IPS"}
SHOWN = {"web", "temporal-ui", "mailpit"}
"""The services that may be reached from outside the containers, and from this machine only."""


@SERVICES
def test_every_image_is_pinned(service: Service) -> None:
    assert EXACT.match(service.tag), f"{service.image} is not a released version"


def test_our_image_carries_the_version_of_the_project() -> None:
    assert (
        COMPOSE.tag_of("iom") == tomllib.loads((HOUSE / "pyproject.toml").read_text())["project"]["version"]
    )


def test_temporal_sets_itself_up_by_no_deprecated_image() -> None:
    assert not [service for service in COMPOSE.services if "auto-setup" in service.image]


def test_temporals_schema_is_brought_up_to_date_by_the_version_of_its_server() -> None:
    assert COMPOSE.tag_of("temporalio/server") == COMPOSE.tag_of("temporalio/admin-tools")


def test_temporal_is_the_version_that_the_tests_run_on() -> None:
    said = subprocess.run([temporal.PROGRAM, "--version"], capture_output=True, text=True, check=True).stdout
    assert f"Server {COMPOSE.tag_of('temporalio/server')}," in said
    assert f"UI {COMPOSE.tag_of('temporalio/ui')})" in said


def test_postgresql_is_the_version_and_sorts_as_the_one_that_the_tests_run_on() -> None:
    said = subprocess.run(
        [postgres.program("postgres"), "--version"], capture_output=True, text=True, check=True
    ).stdout
    assert said.split()[-1] == COMPOSE.tag_of("postgres").partition("-")[0]
    asked = COMPOSE.named("postgres").environment["POSTGRES_INITDB_ARGS"].split()
    assert set(asked) == {word for word in postgres.INITDB if not word.startswith(("--auth", "--username"))}


@OURS
def test_every_command_of_our_image_is_one_of_iom(service: Service) -> None:
    group = typer.main.get_group(app)
    with typer.Context(group) as context:
        name, command, rest = group.resolve_command(context, service.words)
        assert command is not None
        command.make_context(name, rest, parent=context)


@OURS
def test_every_variable_of_ours_is_known_to_what_reads_it(service: Service) -> None:
    settings = {f"IOM_{field.upper()}" for field in Settings.model_fields}
    known = (
        settings | PASSED_TO_UVICORN | {name for name in service.environment if name.startswith("TEMPORAL_")}
    )
    assert set(service.environment) <= known


@OURS
def test_every_required_setting_is_given(service: Service) -> None:
    given = {name.removeprefix("IOM_").lower() for name in service.environment}
    given |= {secret.removeprefix("iom_") for secret in service.mounted}
    required = {field for field, info in Settings.model_fields.items() if info.is_required()}
    assert required <= given


@OURS
def test_every_secret_of_ours_is_a_setting(service: Service) -> None:
    assert set(service.mounted) <= {f"iom_{field}" for field in Settings.model_fields}


@OURS
def test_every_variable_for_temporal_is_read_by_its_client(service: Service) -> None:
    variables = {name: value for name, value in service.environment.items() if name.startswith("TEMPORAL_")}
    assert {"TEMPORAL_ADDRESS", "TEMPORAL_NAMESPACE"} <= set(variables)
    for name in variables:
        without = {other: value for other, value in variables.items() if other != name}
        assert _connects_to(without) != _connects_to(variables), f"{name} changes nothing"


def test_all_who_speak_of_the_namespace_mean_the_same() -> None:
    said = {
        value
        for service in COMPOSE.services
        for name, value in service.environment.items()
        if name in ("TEMPORAL_NAMESPACE", "TEMPORAL_DEFAULT_NAMESPACE")
    }
    assert len(said) == 1


@SERVICES
def test_every_service_either_keeps_running_or_ends_for_good(service: Service) -> None:
    assert service.said["restart"] in ("unless-stopped", "no")


@SERVICES
def test_every_service_that_keeps_running_has_a_health_check(service: Service) -> None:
    assert ("healthcheck" in service.said) == service.keeps_running


@SERVICES
def test_every_service_waits_for_what_it_needs_in_the_way_that_one_can_be_waited_for(
    service: Service,
) -> None:
    for name, condition in service.waits_for.items():
        runs = COMPOSE.named(name).keeps_running
        assert condition == ("service_healthy" if runs else "service_completed_successfully"), name


def test_people_can_work_while_temporal_and_the_mail_server_are_down() -> None:
    assert COMPOSE.named("web").waits_for.keys() == {"migrate"}
    assert COMPOSE.named("migrate").waits_for.keys() == {"postgres"}


def test_plans_begin_once_the_tables_and_the_namespace_are_there() -> None:
    assert COMPOSE.named("worker").waits_for.keys() == {"migrate", "temporal-namespace"}


def test_web_and_worker_can_be_any_number() -> None:
    assert "container_name" not in COMPOSE.text
    for name in ("web", "worker"):
        for port in COMPOSE.named(name).ports:
            first, last = port.split(":")[1].split("-")
            assert int(last) > int(first)


@SERVICES
def test_only_pages_are_published_and_only_to_this_machine(service: Service) -> None:
    assert not service.ports or service.name in SHOWN
    assert all(port.startswith("127.0.0.1:") for port in service.ports)


@pytest.mark.parametrize(
    "service", [COMPOSE.named(name) for name in ("web", "worker")], ids=["web", "worker"]
)
def test_what_stops_by_itself_within_15_s_is_given_that_long(service: Service) -> None:
    assert int(service.said["stop_grace_period"].removesuffix("s")) > 15


@OURS
def test_nothing_of_ours_runs_as_root_or_can_become_it(service: Service) -> None:
    users = [step.rest for step in dockerfile() if step.word == "USER"]
    assert users
    assert int(users[-1].partition(":")[0]) > 0
    assert "user" not in service.said
    assert service.said["cap_drop"] == ["ALL"]
    assert service.said["security_opt"] == ["no-new-privileges:true"]


@SERVICES
def test_every_secret_used_is_declared(service: Service) -> None:
    assert service.secrets <= COMPOSE.secrets.keys()
    mentioned = {value.removeprefix(SECRETS) for value in service.environment.values() if SECRETS in value}
    for file in service.own_files:
        mentioned |= set(re.findall(rf"{SECRETS}(\w+)", (HOUSE / file).read_text()))
    assert mentioned <= service.secrets


def test_every_secret_declared_is_used_and_made_by_the_script(tmp_path: Path) -> None:
    used = {secret for service in COMPOSE.services for secret in service.secrets}
    assert used == COMPOSE.secrets.keys()
    made = _make_secrets(tmp_path)
    assert {Path(file).name for file in COMPOSE.secrets.values()} == {path.name for path in made}
    assert {str(Path(file).parent) for file in COMPOSE.secrets.values()} == {"deploy/secrets"}


def test_secrets_are_random_and_are_made_once(tmp_path: Path) -> None:
    first = {path.name: path.read_text() for path in _make_secrets(tmp_path)}
    assert len(set(first.values())) == len(first)
    assert first["iom_database_password"] in first["iom_database_url"]
    assert len(first["postgres_password"]) == 48
    assert {path.name: path.read_text() for path in _make_secrets(tmp_path)} == first


def test_secrets_are_open_to_containers_but_to_nobody_else_on_the_machine(tmp_path: Path) -> None:
    made = _make_secrets(tmp_path)
    assert {path.stat().st_mode & 0o777 for path in made} == {0o644}
    assert {path.parent.stat().st_mode & 0o777 for path in made} == {0o700}
    assert (made[0].parent / ".gitignore").read_text() == "*"


def test_no_password_stands_in_the_file() -> None:
    assert not re.search(r"://[^/\s]*:[^/\s]*@", COMPOSE.text)
    for service in COMPOSE.services:
        told = {name for name in service.environment if re.search("PASS|PWD|SECRET|KEY", name)}
        assert all(name.endswith("_FILE") for name in told), service.name


@SERVICES
def test_every_file_mounted_is_there_and_is_mounted_for_reading(service: Service) -> None:
    for file in service.own_files:
        assert (HOUSE / file).is_file(), file
    assert all(
        str(mount).endswith(":ro") for mount in service.said.get("volumes", []) if mount.startswith("./")
    )


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.name)
def test_every_script_can_be_run_by_a_plain_shell(script: Path) -> None:
    assert script.read_text().startswith("#!/bin/sh\n")
    assert script.stat().st_mode & 0o111
    subprocess.run(["sh", "-n", str(script)], check=True)


def test_the_image_is_built_from_files_that_are_there_and_are_let_in() -> None:
    let_in = {line[1:] for line in (HOUSE / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    copied = {
        word
        for step in dockerfile()
        if step.word == "COPY" and "--from" not in step.rest
        for word in step.rest.split()[:-1]
    }
    assert copied == let_in
    assert all((HOUSE / name).exists() for name in copied)


def test_the_image_has_every_room_of_the_house() -> None:
    project = tomllib.loads((HOUSE / "pyproject.toml").read_text())
    rooms = set(project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"])
    assert rooms == {step.rest.split()[0] for step in dockerfile() if step.rest.split()[0] in rooms}


def test_the_image_is_on_one_pinned_base_and_starts_iom() -> None:
    bases = {step.rest.split()[0].partition(":")[2] for step in dockerfile() if step.word == "FROM"}
    assert len(bases) == 1
    assert EXACT.match(bases.pop())
    assert [step.rest for step in dockerfile() if step.word == "ENTRYPOINT"] == ['["python", "-m", "iom"]']


def test_what_the_image_leaves_out_is_a_part_of_the_demo() -> None:
    project = tomllib.loads((HOUSE / "pyproject.toml").read_text())["project"]
    needed = {re.split(r"[\[>=<]", line)[0] for line in project["dependencies"]}
    assert _left_out()
    assert _left_out() <= needed


def test_what_the_image_leaves_out_is_not_missed() -> None:
    modules = {name for name, made_by in packages_distributions().items() if _left_out() & set(made_by)}
    missing = "".join(f"sys.modules[{module!r}] = None\n" for module in sorted(modules))
    program = f"import sys\n{missing}import iom.cli, iom.adapters.release, web.app, workflows.worker"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def _connects_to(variables: dict[str, str]) -> object:
    return ClientConfig.load_client_connect_config(disable_file=True, override_env_vars=variables)


def _left_out() -> set[str]:
    lines = (HOUSE / "deploy" / "not-in-the-image.txt").read_text().splitlines()
    return {line for line in lines if line and not line.startswith("#")}


def _make_secrets(folder: Path) -> list[Path]:
    """Run the script on a copy of itself; every secret it made, in order."""
    script = folder / "deploy" / "make-secrets.sh"
    script.parent.mkdir(exist_ok=True)
    script.write_text((HOUSE / "deploy" / "make-secrets.sh").read_text())
    subprocess.run(["sh", str(script)], check=True, capture_output=True)
    return sorted(path for path in (script.parent / "secrets").iterdir() if path.name != ".gitignore")
