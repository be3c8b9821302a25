"""deploy/kubernetes: against the operator's own schema, and in agreement with the image and the jobs."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import click
import pytest
import yaml
from jsonschema import Draft202012Validator

from tests.project import PROJECT
from tidegate.cli.main import cli
from tidegate.clients.flink import job_managers
from tidegate.job_names import NAMES
from tidegate.settings import Settings
from tidegate.stack.flink_home import flink_version, java_options

FOLDER = PROJECT / "deploy" / "kubernetes"
SCHEMA = Path(__file__).parent / "flinkdeployment-1.15.0.json"


def documents(file: Path) -> list[dict[str, Any]]:
    """All documents of a YAML file."""
    return list(yaml.safe_load_all(file.read_text()))


@pytest.fixture(scope="module")
def deployment() -> dict[str, Any]:
    """The FlinkDeployment that all jobs share."""
    (only,) = documents(FOLDER / "base" / "flinkdeployment.yaml")
    return only


@pytest.fixture(scope="module")
def validator() -> Draft202012Validator:
    """The operator's schema; a field it does not know is an error here, where a cluster would drop it in silence."""
    return Draft202012Validator(strict(json.loads(SCHEMA.read_text())))


def strict(schema: Any) -> Any:
    """The schema with ``additionalProperties: false`` wherever it lists properties and allows no others."""
    if isinstance(schema, list):
        return [strict(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    closed = {name: strict(value) for name, value in schema.items()}
    if isinstance(schema.get("properties"), dict) and not schema.get("x-kubernetes-preserve-unknown-fields"):
        closed.setdefault("additionalProperties", False)
    return closed


def test_the_operators_schema_accepts_the_deployment(
    deployment: dict[str, Any], validator: Draft202012Validator
) -> None:
    assert (deployment["apiVersion"], deployment["kind"]) == ("flink.apache.org/v1beta1", "FlinkDeployment")
    assert [error.message for error in validator.iter_errors(deployment["spec"])] == []


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("flinkVersion",), "v9_9"),
        (("job", "upgradeMode"), "restart"),
        (("job", "argz"), []),
        (("podTemplate", "spec", "containers", 0, "envfrom"), []),
        (("jobManager", "replicas"), "one"),
    ],
)
def test_the_schema_refuses_what_is_wrong(
    deployment: dict[str, Any], validator: Draft202012Validator, path: tuple[str | int, ...], value: Any
) -> None:
    spec = json.loads(json.dumps(deployment["spec"]))
    target = spec
    for step in path[:-1]:
        target = target[step]
    target[path[-1]] = value

    assert not validator.is_valid(spec)


@pytest.mark.parametrize("job", NAMES)
def test_every_job_has_a_valid_deployment_of_its_own(job: str, validator: Draft202012Validator) -> None:
    if shutil.which("kubectl") is None:
        pytest.skip("kubectl is not installed: kustomize, which makes the deployment of each job, is part of it")
    command = ["kubectl", "kustomize", str(FOLDER / job)]
    built = subprocess.run(command, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stderr
    made = yaml.safe_load(built.stdout)

    assert made["metadata"]["name"] == f"tidegate-{job}"
    assert [error.message for error in validator.iter_errors(made["spec"])] == []
    assert made["spec"]["job"]["args"][-1] == f"/opt/tidegate/flink_jobs/{job}.py"
    assert made["spec"]["flinkConfiguration"]["execution.checkpointing.savepoint-dir"] == (
        f"{settings_map()['TIDEGATE_SAVEPOINTS']}/{job}"
    )


def test_there_is_a_folder_for_every_job() -> None:
    assert {file.parent.name for file in FOLDER.glob("*/kustomization.yaml")} == {"base", *NAMES}


def test_the_settings_are_settings() -> None:
    names = {name.removeprefix("TIDEGATE_").lower() for name in settings_map()}

    assert names <= set(Settings.model_fields)


def test_no_secret_has_a_value_and_each_is_asked_for(deployment: dict[str, Any]) -> None:
    secrets = {
        secret["metadata"]["name"]: secret["stringData"] for secret in documents(FOLDER / "secrets.example.yaml")
    }
    text = (FOLDER / "base" / "flinkdeployment.yaml").read_text()

    assert {value for data in secrets.values() for value in data.values()} == {""}
    assert set(re.findall(r"secretRef: {name: ([\w-]+)}", text)) == set(secrets)
    planner = deployment["spec"]["podTemplate"]["spec"]["containers"][0]["envFrom"]
    assert {"secretRef": {"name": "tidegate-privacy"}} not in planner
    assert {"secretRef": {"name": "tidegate-redrive"}} not in planner


def test_flink_is_the_images_and_configured_alike(deployment: dict[str, Any], flink_config: dict[str, Any]) -> None:
    own = deployment["spec"]["flinkConfiguration"]
    # Kubernetes has its own high availability, and a network between the processes.
    elsewhere = re.compile(
        r"address|host|dir$|memory.process.size|numberOfTaskSlots|\.port$|^high-availability|^heartbeat"
    )
    shared = {name: value for name, value in flink_config.items() if not elsewhere.search(name)}

    assert len(shared) >= 18
    # The operator takes strings only; Flink reads a list from one, and numbers and booleans.
    assert {name: yaml.safe_load(own.get(name, "")) for name in shared} == shared
    assert own["env.java.opts.all"] == java_options()
    assert deployment["spec"]["job"]["jarURI"].endswith(f"flink-python-{flink_version()}.jar")
    assert all(isinstance(value, str) for value in own.values())


def test_init_can_be_run_again_with_another_image() -> None:
    """The template of a Job that is there can't be changed: each run is made with a name of its own."""
    (job,) = documents(FOLDER / "init.yaml")
    readme = (FOLDER / "README.md").read_text()

    assert "name" not in job["metadata"] and job["metadata"]["generateName"] == "tidegate-init-"
    assert job["spec"]["ttlSecondsAfterFinished"] > 0
    assert "kubectl create -f deploy/kubernetes/init.yaml" in readme
    assert not re.search(r"kubectl apply[^\n]*init\.yaml|job/tidegate-init\b", readme)


def test_every_image_is_the_same(deployment: dict[str, Any]) -> None:
    images = {
        container["image"]
        for file in ("init.yaml", "monitor.yaml")
        for container in documents(FOLDER / file)[0]["spec"]["template"]["spec"]["containers"]
    }
    assert images == {deployment["spec"]["image"]}


def test_the_monitor_asks_the_job_manager_of_every_job_that_should_run() -> None:
    monitor, service = documents(FOLDER / "monitor.yaml")
    pod = monitor["spec"]["template"]
    (container,) = pod["spec"]["containers"]
    (variable,) = container["env"]
    (folded,) = (each for each in container["args"] if each.startswith("--jobs="))

    assert variable["name"] == "TIDEGATE_FLINK_REST_URLS"
    asked = job_managers(Settings(flink_rest_urls=variable["value"]), timeout_s=1)
    assert set(asked) == {f"flink tidegate-{job}-rest:8081" for job in NAMES}
    assert set(folded.removeprefix("--jobs=").split()) == set(NAMES)
    assert service["spec"]["selector"] == monitor["spec"]["selector"]["matchLabels"] == pod["metadata"]["labels"]


def test_the_monitors_arguments_are_those_of_its_command() -> None:
    (container,) = documents(FOLDER / "monitor.yaml")[0]["spec"]["template"]["spec"]["containers"]
    name, *arguments = container["args"]
    command = cli.get_command(click.Context(cli), name)

    assert command is not None
    given = command.make_context(name, [*arguments]).params
    assert f"--port={container['ports'][0]['containerPort']}" in arguments
    limit_mb = int(container["resources"]["limits"]["memory"].removesuffix("Gi")) * 1024
    assert given["prove_memory_mb"] < limit_mb - 256


def settings_map() -> dict[str, str]:
    """What ``settings.yaml`` sets."""
    (config_map,) = documents(FOLDER / "settings.yaml")
    data: dict[str, str] = config_map["data"]
    return data
