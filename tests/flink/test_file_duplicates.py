"""Rows that repeat an identity are found in a load of ten thousand files with gaps between their numbers.

Flink runs within the test's process, the lake is a folder. Real servers: ``tests/stack/test_files.py``.
"""

import subprocess
import sys
from pathlib import Path

import pyarrow.dataset as ds

from tests.polling import HANGS_S

RUN = """
import sys
from dataclasses import replace
from pyflink.datastream import StreamExecutionEnvironment
from pyflink.table import StreamTableEnvironment
from flink_jobs.configured import configuration_of
from flink_jobs.dry_run import OPTIONS
from flink_jobs.job import Job, Part
from flink_jobs.submit import attach
from tests.contracts import SCHEMAS
from tests.unit.sql import visits
from tests.unit.sql.test_file_source import visits_in_files
from tidegate.contracts.load import platform_schema
from tidegate.settings import Settings
from tidegate.sql import file_duplicates, files, lake
from tidegate.sql.job_sql import Insert, JobSql, Table

catalog = {"catalog-type": "hadoop", "warehouse": f"file://{sys.argv[1]}"}
platform = replace(visits.PLATFORM, connections=replace(visits.CONNECTIONS, lake_catalog=catalog))
dataset = visits_in_files()

def run(sql, name, **more):
    environment = StreamExecutionEnvironment.get_execution_environment(configuration_of({**OPTIONS, **more}))
    part = Part(Job(name, lambda *_: sql), dataset, Settings())
    attach(part, StreamTableEnvironment.create(environment), environment)
    environment.execute(name)

def row(number, offset, name):
    time = "CAST(TIMESTAMP '2026-09-21 12:00:00' AS TIMESTAMP_LTZ(6))"
    text, none = "CAST('/' AS STRING)", "CAST(NULL AS STRING)"
    return (f"({number}, CAST({offset} AS BIGINT), '{name}', {time}, 'me', {text}, {none}, 7, {none}, "
            f"CAST(NULL AS INT), 'raw.visits', {time}, 1, ARRAY['late'], 2026, 9, 21)")

rows = [row(3, 0, "a"), row(3, 50, "a"), row(7, 0, "b"), row(19_999, 10, "b"), row(4, 0, "b"), row(6, 0, "c"),
        row(9, 0, "c")]
into = "lake.silver.visits /*+ OPTIONS('branch' = 'files-1') */"
run(JobSql(0, (
    lake.lake_catalog(catalog),
    *(Table(f"lake.{name}", f"CREATE DATABASE IF NOT EXISTS lake.`{name}`") for name in ("silver", "files")),
    *files.tables(dataset, platform_schema(SCHEMAS, "dead_letter")),
), inserts=(Insert("silver", f"INSERT INTO {into} VALUES {', '.join(rows)}"),)), "fill")
# Odd numbers are of the load, 6 is of a file that it replaces, and 4 was published before.
asked = file_duplicates.Comparing("visits", "files-1", tuple(range(1, 20_001, 2)), (6,), ((2026, 9, 21),))
run(file_duplicates.job_sql(dataset, platform, asked), "compare", **file_duplicates.OPTIONS)
"""


def test_a_load_of_thousands_of_files_is_compared(flink_environment: dict[str, str], tmp_path: Path) -> None:
    command = [sys.executable, "-c", RUN, str(tmp_path)]

    done = subprocess.run(command, env=flink_environment, capture_output=True, text=True, check=False, timeout=HANGS_S)

    assert done.returncode == 0, done.stderr[-5000:]
    found = ds.dataset(tmp_path / "files" / "visits_verdicts" / "data", format="parquet").to_table().to_pylist()
    verdicts = {(row["_source_partition"], row["_source_offset"], row["verdict"], row["code"]) for row in found}
    assert verdicts == {
        (3, 50, "duplicate", "3:0"),
        (7, 0, "duplicate", "4:0"),
        (19_999, 10, "duplicate", "4:0"),
        (3, 2, "compared", None),
        (7, 1, "compared", None),
        (9, 1, "compared", None),
        (19_999, 1, "compared", None),
    }
