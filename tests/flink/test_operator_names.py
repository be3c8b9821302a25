"""Uids of operators: what a restored job finds its state by."""

import json
import subprocess
import sys
from pathlib import Path

from tests.contracts import copy_of_clicks

PRINT_UIDS = """
import json, sys
from pathlib import Path
from pyflink.common import Configuration
from pyflink.datastream import StreamExecutionEnvironment
from pyflink.table import StreamTableEnvironment
from flink_jobs import refine
from flink_jobs.environment import _transformations, attach, name_operators
from tidegate.contracts.load import load_dataset
from tidegate.settings import Settings


def uids(names):
    settings = Settings(schemas_dir=Path(sys.argv[1]))
    environment = StreamExecutionEnvironment.get_execution_environment(Configuration())
    tables = StreamTableEnvironment.create(environment)
    for name in names:
        attach(refine.JOB, load_dataset(settings.schemas_dir, name), settings, tables, False)
        name_operators(environment, f"refine:{name}")
    transformations = _transformations(environment._j_stream_execution_environment.getTransformations())
    return sorted(str(each.getUid()) for each in transformations if each.getUid() is not None)


print(json.dumps([uids(names.split(",")) for names in sys.argv[2:]]))
"""


def test_another_dataset_leaves_the_uids_of_the_first_as_they_are(
    tmp_path: Path, flink_environment: dict[str, str]
) -> None:
    copy_of_clicks(tmp_path, "clicks")
    copy_of_clicks(tmp_path, "accounts")

    alone, together = _uids(tmp_path, ["clicks", "accounts,clicks"], flink_environment)

    assert len(alone) == len(set(alone)) > 5
    assert [uid for uid in together if uid.startswith("refine:clicks:")] == alone
    assert len(together) == len(set(together)) == 2 * len(alone)


def _uids(schemas_dir: Path, jobs: list[str], environment: dict[str, str]) -> list[list[str]]:
    """The uids of each job, which is named by its datasets."""
    command = [sys.executable, "-c", PRINT_UIDS, str(schemas_dir), *jobs]
    result = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=600)
    assert result.returncode == 0, result.stderr
    uids: list[list[str]] = json.loads(result.stdout.splitlines()[-1])
    return uids
