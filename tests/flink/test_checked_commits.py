"""Every Kafka sink that a job is planned to asks what became of a commit that Kafka refuses."""

import subprocess
import sys

from tests.polling import HANGS_S

PRINT_SINKS = """
from pathlib import Path
from pyflink.common import Configuration
from pyflink.datastream import StreamExecutionEnvironment
from pyflink.table import StreamTableEnvironment
from flink_jobs.job import Part
from flink_jobs.submit import attach
from flink_jobs.together import job_of
from tidegate.contracts.load import load_stream
from tidegate.settings import Settings

settings = Settings(schemas_dir=Path("schemas"))
environment = StreamExecutionEnvironment.get_execution_environment(Configuration())
tables = StreamTableEnvironment.create(environment)
for name in ("clicks", "orders"):
    attach(Part(job_of("refine"), load_stream(settings.schemas_dir, name), settings), tables, environment)
sinks = list(environment._j_stream_execution_environment.getTransformations())
print(*(each.getSink().getClass().getName() for each in sinks))
"""


def test_all_sinks_of_refine_are_checked_whichever_dataset_they_are_of(flink_environment: dict[str, str]) -> None:
    result = subprocess.run(
        [sys.executable, "-c", PRINT_SINKS],
        env=flink_environment, capture_output=True, text=True, check=False, timeout=HANGS_S,
    )  # fmt: skip
    assert result.returncode == 0, result.stderr
    sinks = result.stdout.splitlines()[-1].split()
    assert len(sinks) >= 2 * 2
    assert set(sinks) == {"io.tidegate.commits.CheckedSink"}
