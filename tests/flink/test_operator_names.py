"""Uids of operators: what a restored job finds its state by."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from flink_jobs.uids import silver_version
from tests.contracts import SCHEMAS, copy_of_clicks, spoil
from tests.polling import HANGS_S

PRINT_UIDS = """
import json, sys
from pathlib import Path
from pyflink.common import Configuration
from pyflink.datastream import StreamExecutionEnvironment
from pyflink.table import StreamTableEnvironment
from flink_jobs.job import Part
from flink_jobs.operator_names import transformations
from flink_jobs.submit import attach
from flink_jobs.together import job_of
from tidegate.contracts.load import load_stream
from tidegate.settings import Settings


job = job_of(sys.argv[1])


def uids(folder, *names):
    settings = Settings(schemas_dir=Path(folder))
    environment = StreamExecutionEnvironment.get_execution_environment(Configuration())
    tables = StreamTableEnvironment.create(environment)
    for name in names:
        attach(Part(job, load_stream(settings.schemas_dir, name), settings), tables, environment)
    named = transformations(list(environment._j_stream_execution_environment.getTransformations()))
    return sorted(str(each.getUid()) for each in named if each.getUid() is not None)


print(json.dumps([uids(*each.split(",")) for each in sys.argv[2:]]))
"""


def test_another_dataset_leaves_the_uids_of_the_first_as_they_are(
    tmp_path: Path, flink_environment: dict[str, str]
) -> None:
    copy_of_clicks(tmp_path, "clicks")
    copy_of_clicks(tmp_path, "accounts")

    alone, together = _uids("refine", [f"{tmp_path},clicks", f"{tmp_path},accounts,clicks"], flink_environment)

    assert len(alone) == len(set(alone)) > 5
    assert [uid for uid in together if uid.startswith("refine:clicks:")] == alone
    assert len(together) == len(set(together)) == 2 * len(alone)


def test_another_metric_leaves_the_uids_of_the_first_as_they_are(
    tmp_path: Path, flink_environment: dict[str, str]
) -> None:
    for folder in ("one", "more"):
        shutil.copytree(SCHEMAS, tmp_path / folder)
    for file in (tmp_path / "one" / "clicks" / "metrics").iterdir():
        if file.stem != "page_views":
            file.unlink()

    one, more = _uids("metrics", [f"{tmp_path}/one,clicks", f"{tmp_path}/more,clicks"], flink_environment)

    mine = [uid for uid in one if uid.startswith("metrics:clicks:page_views:")]
    assert any("GroupAggregate" in uid for uid in mine)
    assert [uid for uid in more if uid.startswith("metrics:clicks:page_views:")] == mine
    assert len(more) == len(set(more)) > len(one)


@pytest.mark.parametrize("job", ["index", "metrics"])
def test_a_later_version_of_silver_changes_the_uids_of_its_sources_alone(
    tmp_path: Path, flink_environment: dict[str, str], job: str
) -> None:
    for folder in ("first", "second"):
        shutil.copytree(SCHEMAS, tmp_path / folder)
    spoil(tmp_path / "second" / "clicks" / "contract.yaml", "owner:", "silver: {version: 2}\nowner:")

    first, second = _uids(job, [f"{tmp_path}/first,clicks", f"{tmp_path}/second,clicks"], flink_environment)

    sources = [uid for uid in first if silver_version(uid) == 1]
    assert sources == [
        f"{job}:clicks:KafkaSource-default_catalog.clicks.{'silver_records' if job == 'metrics' else 'silver'}:1"
    ]
    assert {silver_version(uid) for uid in second} == {None, 2}
    assert sorted(uid.replace(".v2:", ":") for uid in second) == first


def _uids(job: str, parts: list[str], environment: dict[str, str]) -> list[list[str]]:
    """The uids of the job with each of the ``parts``: a folder of contracts, and the datasets' names."""
    command = [sys.executable, "-c", PRINT_UIDS, job, *parts]
    result = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=HANGS_S)
    assert result.returncode == 0, result.stderr
    uids: list[list[str]] = json.loads(result.stdout.splitlines()[-1])
    return uids
