"""The functions as Flink calls them: Arrow batches in and out, rows in their order, bad input null."""

import json
import subprocess
import sys
from typing import Any

import pytest

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
    done = subprocess.run(command, env=flink_environment, capture_output=True, text=True, check=False, timeout=600)
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
