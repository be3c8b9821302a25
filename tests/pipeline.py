"""The whole pipeline on real servers, started once per test session: contracts, templates, reference data, jobs."""

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

from tests import polling
from tests.polling import wait_for
from tidegate.avro.codec import Encoder
from tidegate.avro.types import AvroSchema
from tidegate.cli import produce as cli_produce
from tidegate.cli import prove as cli_prove
from tidegate.cli.main import cli
from tidegate.clients.flink import FlinkClient
from tidegate.clients.registry import RegistryClient
from tidegate.contracts.dataset import Stream
from tidegate.contracts.load import load_stream, platform_schema
from tidegate.errors import TidegateError
from tidegate.job_names import NAMES
from tidegate.jobs.plan_start import Start
from tidegate.jobs.start import start
from tidegate.settings import Settings, get_settings

SOONER = {"TIDEGATE_LAKE_CHECKPOINT_INTERVAL_S": "3", "TIDEGATE_METRICS_CHECKPOINT_INTERVAL_S": "5"}
"""By default checkpoints are further apart, and tests wait for one or two of them after each step."""


@dataclass(frozen=True, slots=True)
class Pipeline:
    """The running pipeline as a test uses it."""

    settings: Settings
    clicks: Stream
    schema_id: int

    @property
    def flink(self) -> FlinkClient:
        return FlinkClient(self.settings)

    @property
    def silver(self) -> AvroSchema:
        return self.clicks.silver

    @property
    def dead_letter(self) -> AvroSchema:
        return platform_schema(self.settings.schemas_dir, "dead_letter")

    def framed(self, record: dict[str, Any]) -> bytes:
        """The record as a value of the raw topic of clicks."""
        return Encoder(self.clicks.latest, self.schema_id).encode(record)

    def failures(self) -> dict[str, int]:
        """How often each job has failed so far."""
        live = {name: self.flink.live_job(name) for name in NAMES}
        return {name: self.flink.failures(job.job_id) for name, job in live.items() if job}

    def completed_checkpoints(self, name: str) -> int:
        """Checkpoints of the job so far."""
        job = self.flink.live_job(name)
        assert job is not None, f"{name} does not run"
        return int(self.flink.checkpoints(job.job_id)["counts"]["completed"])

    def wait_for_checkpoints(self, name: str, count: int) -> None:
        """Returns when the job has completed so many more; a TaskManager just started compiles all jobs before that."""
        wanted = self.completed_checkpoints(name) + count
        wait_for(f"{count} checkpoints of {name}", lambda: self.completed_checkpoints(name) >= wanted, timeout_s=120)


def tidegate(*arguments: str) -> str:
    """Runs the command line in this process, where nothing is imported twice; returns its standard output.

    Not for threads beside each other: what is printed meanwhile goes to the last that has begun.

    Raises:
        AssertionError: it failed; shows all it printed.
    """
    result = ended(*arguments)
    said = f"{result.output}\n{result.exception or ''}"
    assert result.exit_code == 0, f"tidegate {' '.join(arguments)}:\n{said}"
    return result.stdout


def ended(*arguments: str) -> Result:
    """The same, whatever its exit code."""
    result = CliRunner().invoke(cli, arguments)
    if result.exception is not None and not isinstance(result.exception, (SystemExit, TidegateError)):
        raise result.exception
    return result


def run_tidegate(*arguments: str, timeout_s: float = 300) -> subprocess.CompletedProcess[str]:
    """Runs it as a user would, in a process of its own, whatever its exit code."""
    command = [sys.executable, "-m", "tidegate", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=polling.patience * timeout_s, check=False)


def called(command: click.Command, *arguments: str) -> Result:
    """Runs one command in this process: what a hundred of them import would take two minutes of a suite."""
    return CliRunner().invoke(command, arguments, catch_exceptions=False)


def produce(*arguments: str, dataset: str = "clicks") -> dict[str, Any]:
    """Sends generated events and returns the producer's summary."""
    result = called(cli_produce.command, dataset, "--json", *arguments)
    assert result.exit_code == 0, result.output
    summary = json.loads(result.stdout)
    assert isinstance(summary, dict)
    return summary


def prove_window(window: dict[str, list[int]], *options: str, dataset: str = "clicks") -> dict[str, Any]:
    """The proof's report for ``{partition: [start, end)}``, whatever its verdict."""
    bounds = [",".join(f"{partition}:{span[side]}" for partition, span in window.items()) for side in (0, 1)]
    arguments = [dataset, "--json", "--from", bounds[0], "--to", bounds[1], *options]
    result = called(cli_prove.command, *arguments)
    assert result.stdout.startswith("{"), result.stderr
    report = json.loads(result.stdout)
    assert isinstance(report, dict)
    assert (result.exit_code == 0) == report["holds"], report
    return report


def start_jobs(settings: Settings) -> None:
    """Starts the jobs that do not run yet and waits until they do."""
    client = FlinkClient(settings)
    missing = tuple(name for name in NAMES if client.live_job(name) is None)
    if missing:
        start(settings, Start(missing))


@pytest.fixture(scope="session")
def pipeline(stack: Settings) -> Iterator[Pipeline]:
    """Everything running, with nothing in the topics but the sample products; the lake commits every few seconds."""
    with pytest.MonkeyPatch.context() as environment:
        for name, interval_s in SOONER.items():
            environment.setenv(name, interval_s)
        tidegate("contract", "register", "--all")
        tidegate("index", "apply")
        tidegate("load", "products", "--sample")
        start_jobs(get_settings())
        yield _pipeline(get_settings())


def _pipeline(settings: Settings) -> Pipeline:
    clicks = load_stream(settings.schemas_dir, "clicks")
    with RegistryClient(settings) as registry:
        schema_id = registry.lookup("raw.clicks-value", clicks.latest)
    assert schema_id is not None
    return Pipeline(settings, clicks, schema_id)
