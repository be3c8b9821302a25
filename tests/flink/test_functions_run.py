"""The functions as Flink calls them: Arrow batches in and out, rows in their order, bad input null.

Those that fail cost their values, not the job, and are counted where Prometheus finds them.
"""

import json
import subprocess
import sys
import textwrap
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.metrics import Scrape, parse
from tests.polling import HANGS_S
from tidegate.metric_names import FUNCTION_FAILURES, flink_filter
from tidegate.stack.flink import METRICS_REPORTER
from tidegate.stack.ports import LOOPBACK, free_ports

RUN = """
import json, sys
from pyflink.table import EnvironmentSettings, TableEnvironment
from flink_jobs.python_functions import register_named

flink = TableEnvironment.create(EnvironmentSettings.in_batch_mode())
flink.get_config().set("parallelism.default", "1")
flink.get_config().set("python.fn-execution.arrow.batch.size", "3")
flink.execute_sql(f'''create table given (
    n int, agent string, errors bigint, records bigint, baseline array<double>
) with ('connector' = 'filesystem', 'path' = 'file://{sys.argv[1]}', 'format' = 'json')''')
query = '''select n, parsed.browser, parsed.os, score from (
    select n, parse_user_agent(agent) as parsed, error_rate_score(errors, records, baseline) as score from given
)'''
register_named(flink, [query])
with flink.execute_sql(query).collect() as rows:
    print(json.dumps(sorted([list(row) for row in rows], key=lambda row: row[0])))
"""
FAIL = """
import json, sys, time
from pathlib import Path
from urllib.request import urlopen
from pyflink.common import Configuration
from pyflink.table import EnvironmentSettings, TableEnvironment
from flink_jobs.python_functions import register_named

functions, given, settings, metrics, metric = sys.argv[1:]
configuration = Configuration()
for name, value in json.loads(settings).items():
    configuration.set_string(name, value)
# Without an end: what a job has counted can be asked for while it runs only.
flink = TableEnvironment.create(EnvironmentSettings.new_instance().with_configuration(configuration).build())
flink.execute_sql(f'''create table given (n int) with (
    'connector' = 'filesystem', 'path' = 'file://{given}', 'format' = 'json', 'source.monitor-interval' = '1 s')''')
query = '''select n, refusing(n, 10), mistyped(n), worded(n), parted.name, parted.amount, safe(n) from (
    select n, parted(n) as parted from given
)'''
register_named(flink, [query], Path(functions))
with flink.execute_sql(query).collect() as rows:
    found = sorted(list(next(rows)) for _ in range(10))
    deadline = time.monotonic() + 60
    while (text := urlopen(metrics, timeout=30).read().decode()).count(metric + "{") < 5:
        assert time.monotonic() < deadline, text
        time.sleep(0.2)
print(json.dumps({"rows": found, "metrics": text}))
"""
FAILING = {
    "refusing": """
        ARGUMENTS, RESULT = ("INT", "INT"), "BIGINT"

        def refusing(numbers, factors):
            if (numbers == 4).any():
                raise ValueError("four")
            return numbers * factors
    """,
    "mistyped": """
        ARGUMENTS, RESULT = ("INT",), "BIGINT"

        def mistyped(numbers):
            return numbers.where(numbers != 5, 1.5)
    """,
    "worded": """
        ARGUMENTS, RESULT = ("INT",), "STRING"

        def worded(numbers):
            return numbers.map(lambda number: number if number in (0, 9) else f"number {number}")
    """,
    "parted": """
        import pandas as pd

        ARGUMENTS, RESULT = ("INT",), {"name": "STRING", "amount": "DOUBLE"}

        def parted(numbers):
            amounts = numbers.map(lambda number: "seven" if number == 7 else number / 2)
            return pd.DataFrame({"amount": amounts, "name": numbers.map(str)})
    """,
    "safe": """
        ARGUMENTS, RESULT = ("INT",), "INT"

        def safe(numbers):
            return numbers
    """,
}
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:139.0) Gecko/20100101 Firefox/139.0"
NEVER = [0.0] * 5
GIVEN: tuple[tuple[str | None, int | None, int | None, list[float] | None], ...] = (
    ("curl/8.7.1", 20, 200, NEVER),
    (None, 1, 10, NEVER[1:]),
    ("", 1, 10, None),
    ("x" * 100_000, 1, 0, NEVER),
    (FIREFOX, None, 10, NEVER),
    ("curl/8.7.1", 0, 10, NEVER),
)


@pytest.fixture(scope="module")
def rows(flink_environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> list[list[Any]]:
    """Number, browser, system and score of each given row."""
    file = tmp_path_factory.mktemp("given") / "rows.json"
    names = ("n", "agent", "errors", "records", "baseline")
    lines = [json.dumps(dict(zip(names, (n, *row), strict=True))) for n, row in enumerate(GIVEN)]
    file.write_text("\n".join(lines) + "\n")
    command = [sys.executable, "-c", RUN, str(file)]
    done = subprocess.run(command, env=flink_environment, capture_output=True, text=True, check=False, timeout=HANGS_S)
    assert done.returncode == 0, done.stderr
    found: list[list[Any]] = json.loads(done.stdout.splitlines()[-1])
    return found


def test_each_row_keeps_its_own_results_over_several_batches(rows: list[list[Any]]) -> None:
    assert [row[:3] for row in rows] == [
        [0, "curl", None],
        [1, None, None],
        [2, None, None],
        [3, None, None],
        [4, "Firefox", "Linux"],
        [5, "curl", None],
    ]


def test_arrays_and_nulls_reach_a_function(rows: list[list[Any]]) -> None:
    assert [row[3] for row in rows] == [pytest.approx(28.4, abs=0.5), None, None, None, None, 0.0]


@dataclass(frozen=True, slots=True)
class Failed:
    """What a job with failing functions gave, and the metrics that Flink's reporter had of it."""

    rows: list[list[Any]]
    metrics: Scrape

    def column(self, index: int) -> list[Any]:
        return [row[index] for row in self.rows]


@pytest.fixture(scope="module")
def failed(flink_environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Failed:
    """Numbers 0 to 9 through each function of ``FAILING``, with the reporter and filter of the stack."""
    functions, given = tmp_path_factory.mktemp("functions"), tmp_path_factory.mktemp("numbers")
    for name, source in FAILING.items():
        (functions / f"{name}.py").write_text(textwrap.dedent(source))
    (given / "rows.json").write_text("".join(json.dumps({"n": n}) + "\n" for n in range(10)))
    (port,) = free_ports(1)
    settings = {
        "parallelism.default": "1",
        "python.fn-execution.arrow.batch.size": "3",
        "restart-strategy.type": "disable",
        "metrics.reporter.prom.factory.class": METRICS_REPORTER,
        "metrics.reporter.prom.port": str(port),
        "metrics.reporter.prom.filter.includes": ";".join(flink_filter()),
    }
    metrics = f"http://{LOOPBACK}:{port}/metrics"
    command = [sys.executable, "-c", FAIL, str(functions), str(given), json.dumps(settings), metrics,
               FUNCTION_FAILURES.name]  # fmt: skip
    # A cluster inside of a program has no plugins: it takes reporters from the class path, which this adds to.
    reporter = Path(flink_environment["FLINK_HOME"]) / "plugins" / "metrics-loopback" / "*"
    environment = flink_environment | {"HADOOP_CLASSPATH": str(reporter)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=HANGS_S)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    return Failed(found["rows"], parse(found["metrics"]))


def test_a_value_that_a_function_raises_on_is_null_and_no_other(failed: Failed) -> None:
    assert failed.column(1) == [0, 10, 20, 30, None, 50, 60, 70, 80, 90]


def test_a_value_of_a_wrong_type_is_null_and_no_other(failed: Failed) -> None:
    assert failed.column(2) == [0, 1, 2, 3, 4, None, 6, 7, 8, 9]
    assert failed.column(3) == [None, *(f"number {n}" for n in range(1, 9)), None]


def test_a_row_with_a_field_of_a_wrong_type_is_null_and_no_other(failed: Failed) -> None:
    assert failed.column(4) == ["0", "1", "2", "3", "4", "5", "6", None, "8", "9"]
    assert failed.column(5) == [0.0, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0, None, 4.0, 4.5]


def test_failures_are_exported_by_function_and_without_any_as_zero(failed: Failed) -> None:
    failures = failed.metrics.by(FUNCTION_FAILURES.name, "function")
    assert failures == {"refusing": 1, "mistyped": 1, "worded": 2, "parted": 1, "safe": 0}
    for labels in failed.metrics.labels_of(FUNCTION_FAILURES.name):
        assert labels.keys() >= set(FUNCTION_FAILURES.labels)
