"""deploy/docker/init.sh against real servers, told about them by environment variables alone, as in a container."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest

from tests.pipeline import SOONER, Pipeline
from tests.polling import HANGS_S
from tests.project import PROJECT
from tidegate.clients.warehouse import create, ensure_table_bucket
from tidegate.job_names import NAMES
from tidegate.jobs.plan_start import Start
from tidegate.jobs.start import start
from tidegate.jobs.stop import stop
from tidegate.settings import Settings

BUCKET = "init-test"


@pytest.fixture
def variables(pipeline: Pipeline, tmp_path: Path) -> dict[str, str]:
    """This stack as variables, without its folder."""
    recorded = json.loads((pipeline.settings.home / "stack.json").read_text())
    named = {
        f"TIDEGATE_{name.upper()}": str(value) for name, value in recorded.items() if name in Settings.model_fields
    }
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith("TIDEGATE_")},
        **named,
        "TIDEGATE_HOME": str(tmp_path / "empty"),
        "TIDEGATE_SAVEPOINTS": pipeline.settings.savepoint_dir(),
        **SOONER,
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
    }


@pytest.fixture
def without_metrics(pipeline: Pipeline) -> Iterator[None]:
    """The job ``metrics`` is stopped, and runs again at the end whatever happened."""
    stop(pipeline.settings, "metrics", savepoint=True)
    yield
    start(pipeline.settings, Start(NAMES, leave_running=True))


@pytest.mark.usefixtures("without_metrics")
def test_init_starts_what_is_missing_and_changes_nothing_when_repeated(
    pipeline: Pipeline, variables: dict[str, str]
) -> None:
    before = running(pipeline)
    assert set(before) == set(NAMES) - {"metrics"}

    first = init(variables)
    after = running(pipeline)
    second = init(variables)

    assert "warehouse s3://warehouse: there already" in first.stdout
    assert after.keys() == set(NAMES)
    assert {name: after[name] for name in before} == before
    assert running(pipeline) == after
    assert second.stdout.count("runs: http://") == len(NAMES)


def test_the_warehouse_is_made_once(pipeline: Pipeline) -> None:
    settings = pipeline.settings
    assert settings.s3_secret_key is not None
    tables = boto3.client(
        "s3tables",
        endpoint_url=settings.s3_endpoint,
        region_name=settings.s3_region,
        aws_access_key_id=settings.s3_access_key,
        aws_secret_access_key=settings.s3_secret_key.get_secret_value(),
    )

    assert ensure_table_bucket(tables, BUCKET)
    assert not create(settings.model_copy(update={"lake_warehouse": f"s3://{BUCKET}"}))


def init(variables: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Runs the script as the container does."""
    command = ["sh", "deploy/docker/init.sh"]
    result = subprocess.run(
        command, cwd=PROJECT, env=variables, capture_output=True, text=True, timeout=HANGS_S, check=False
    )
    assert result.returncode == 0, result.stdout + result.stderr
    return result


def running(pipeline: Pipeline) -> dict[str, str]:
    """The ids of the jobs that have not ended."""
    live = {name: pipeline.flink.live_job(name) for name in NAMES}
    return {name: job.job_id for name, job in live.items() if job}
