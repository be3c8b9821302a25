"""Metrics of whole days, counted again out of the lake, are what a batch over the same rows gives, each key once.

Flink runs within the test's process, on a lake that is a folder; the metrics go to files in place of topic and index.
"""

import json
import subprocess
import sys
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from tests.polling import HANGS_S

RUN = """
import json, sys
from dataclasses import replace
from pathlib import Path
from pyflink.datastream import StreamExecutionEnvironment
from pyflink.table import StreamTableEnvironment
from flink_jobs.configured import configuration_of
from flink_jobs.dry_run import OPTIONS
from flink_jobs.job import Job, Part
from flink_jobs.submit import attach, define, statement_set
from tests.unit.sql import visits
from tidegate.settings import Settings
from tidegate.sql import lake, replay_metrics
from tidegate.sql.connections import Connections
from tidegate.sql.ddl import column_lines, create
from tidegate.sql.job_sql import Insert, JobSql, Table

folder, values, times = sys.argv[1], sys.argv[2], json.loads(sys.argv[3])
catalog = {"catalog-type": "hadoop", "warehouse": f"file://{folder}/warehouse"}
platform = replace(visits.PLATFORM, connections=Connections({"bootstrap.servers": "none:1"}, {}, {}, {}, catalog))
# Each minute counts for itself, and for the one 3 hours later.
SQL = ("with counted as ("
       "select cast(floor(visited_at to minute) as timestamp_ltz(3)) as `minute`, page, count(*) as visits "
       "from silver group by cast(floor(visited_at to minute) as timestamp_ltz(3)), page), "
       "placed as (select `minute`, page, visits, array[0, 180, 181] as places from counted), "
       "spread as (select cast(timestampadd(minute, ago, `minute`) as timestamp_ltz(3)) as `minute`, page, visits, ago "
       "from placed cross join unnest(places) as place (ago)) "
       "select `minute`, page, sum(visits) as visits from spread group by `minute`, page having min(ago) = 0")
stream = replace(visits.stream(), metrics=(replace(visits.METRIC, sql=SQL),))

def environment(options):
    found = StreamExecutionEnvironment.get_execution_environment(configuration_of({**OPTIONS, **options}))
    return found, StreamTableEnvironment.create(found)

sql = JobSql(0, (
    lake.lake_catalog(catalog), Table("lake.silver", "CREATE DATABASE IF NOT EXISTS lake.`silver`"),
    lake.silver_table(stream),
), inserts=(Insert("silver", f"INSERT INTO lake.silver.visits VALUES {values}"),))
_, tables = environment(lake.OPTIONS)
define(sql, Part(Job("test", lambda *_: sql), stream, Settings()), tables)
statement_set(sql, tables).execute().wait()

sql = replay_metrics.job_sql(stream, platform, times)
metric = stream.metrics[0]
files = {
    name: create(name, column_lines(metric.columns), {"connector": "filesystem", "path": f"file://{folder}/{name}",
                 "format": "json", "json.timestamp-format.standard": "ISO-8601"})
    for name in (f"{metric.name}_topic", f"{metric.name}_documents")
}
sql = replace(sql, definitions=tuple(files.get(each.name, each) for each in sql.definitions))
environment_, tables = environment(replay_metrics.OPTIONS)
attach(Part(Job("replay", lambda *_: sql), stream, Settings()), tables, environment_)
environment_.execute("replay")
print(json.dumps({
    name: [json.loads(line) for file in Path(folder, name).rglob("*") if file.is_file()
           for line in file.read_text().splitlines()]
    for name in files
}))
"""
DAY_MS = 86_400_000
FIRST_MS = 1_790_035_200_000
"""Midnight of 2026-09-22, UTC."""
VISITS = [(FIRST_MS + number * 3_600_007, ("/home", "/shop")[number % 3 == 0]) for number in range(-20, 60)]
"""Event time and page, from the day before the two days that are counted to the day after them."""


def row(number: int) -> str:
    at_ms, page = VISITS[number]
    time = f"TO_TIMESTAMP_LTZ({at_ms}, 3)"
    plain = f"0, {number}, 'v{number}', CAST({time} AS TIMESTAMP_LTZ(6)), 'me', '{page}', CAST(NULL AS STRING), 1"
    nothing = "CAST(NULL AS STRING), CAST(NULL AS INT)"
    return f"({plain}, {nothing}, 'raw.visits', CAST({time} AS TIMESTAMP_LTZ(6)), 1, ARRAY['w'], 2026, 9, 22)"


@pytest.fixture(scope="module")
def found(flink_environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Any]]:
    """By sink, the rows of the metric."""
    folder: Path = tmp_path_factory.mktemp("lake")
    times = [(FIRST_MS, FIRST_MS + 2 * DAY_MS)]
    arguments = [str(folder), ", ".join(map(row, range(len(VISITS)))), json.dumps(times)]
    command = [sys.executable, "-c", RUN, *arguments]
    done = subprocess.run(command, env=flink_environment, capture_output=True, text=True, check=False, timeout=HANGS_S)
    assert done.returncode == 0, done.stderr[-5000:]
    told: dict[str, list[Any]] = json.loads(done.stdout.splitlines()[-1])
    return told


def test_each_key_is_written_once_with_the_figure_of_a_batch(found: dict[str, list[Any]]) -> None:
    counted = Counter((at_ms - at_ms % 60_000, page) for at_ms, page in VISITS)
    wanted = {
        (minute, page): sum(counted[minute - ago * 60_000, page] for ago in (0, 180, 181))
        for minute, page in counted
        if FIRST_MS <= minute < FIRST_MS + 2 * DAY_MS
    }
    first = {figure for (minute, _), figure in wanted.items() if minute < FIRST_MS + 3 * 3_600_000}
    assert first == {2}, "the first hours are made from rows of the day before, too"
    for rows in found.values():
        written = [(in_ms(each["minute"]), each["page"], each["visits"]) for each in rows]
        assert sorted(written) == sorted((minute, page, count) for (minute, page), count in wanted.items())


def in_ms(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp() * 1000)
