"""Which jobs call Python, as their plans say: none on the hot path, and no call twice for the same row."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from flink_jobs.plans import python_calls, repeated
from flink_jobs.python_functions import function_names, result_type
from tests.contracts import SCHEMAS
from tests.polling import HANGS_S
from tidegate.errors import TidegateError

PRINT_PLANS = """
import json, sys
from pathlib import Path
from pyflink.common import Configuration
from pyflink.datastream import StreamExecutionEnvironment
from pyflink.table import StreamTableEnvironment
from flink_jobs import index, metrics, refine
from flink_jobs.job import Part
from flink_jobs.submit import plan_of
from tidegate.contracts.load import stream_datasets
from tidegate.settings import Settings

settings = Settings(schemas_dir=Path(sys.argv[1]))
plans = {}
for job in (refine.JOB, index.JOB, metrics.JOB):
    options = Configuration()
    for name, value in {**job.options, "table.optimizer.reuse-optimize-block-with-digest-enabled": "true"}.items():
        options.set_string(name, value)
    environment = StreamExecutionEnvironment.get_execution_environment(options)
    tables = StreamTableEnvironment.create(environment)
    for dataset in stream_datasets(settings.schemas_dir):
        plans[f"{job.name} {dataset.name}"] = plan_of(Part(job, dataset, settings), tables)
print(json.dumps(plans))
"""


@pytest.fixture(scope="module")
def plans(flink_environment: dict[str, str]) -> dict[str, str]:
    """The plan of each job and dataset."""
    command = [sys.executable, "-c", PRINT_PLANS, str(SCHEMAS)]
    result = subprocess.run(
        command, env=flink_environment, capture_output=True, text=True, check=False, timeout=HANGS_S
    )
    assert result.returncode == 0, result.stderr
    found: dict[str, str] = json.loads(result.stdout.splitlines()[-1])
    return found


def test_only_metrics_that_name_a_function_call_python(plans: dict[str, str]) -> None:
    calling = {name for name, plan in plans.items() if "Python" in plan}

    assert calling == {"metrics clicks", "metrics app_logs"}
    assert {"refine clicks", "refine orders", "refine app_logs", "index clicks", "metrics orders"} <= plans.keys()


def test_each_function_is_called_in_one_place_for_both_sinks(plans: dict[str, str]) -> None:
    assert python_calls(plans["metrics clicks"], function_names()) == ["parse_user_agent(user_agent)"]
    assert python_calls(plans["metrics app_logs"], function_names()) == ["error_rate_score(errors, records, baseline)"]


def test_no_call_is_repeated(plans: dict[str, str]) -> None:
    assert {name: repeated(plan, function_names()) for name, plan in plans.items()} == {name: [] for name in plans}


@pytest.mark.parametrize("declared", ["STRING NOT NULL", {"name": "STRING", "amount": "DOUBLE not  null"}])
def test_a_result_that_can_not_be_null_is_refused(declared: str | dict[str, str]) -> None:
    with pytest.raises(TidegateError, match=r"RESULT of scores\.py is NOT NULL.*Take NOT NULL away"):
        result_type(Path("scores.py"), declared)
