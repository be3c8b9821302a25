"""How fast small files are put together: ``python -m benchmarks.compaction --megabytes 400 --file-mb 2 --runs 3``.

The stack must be up, with a free slot; no other job need run. Each round fills a table of its own in the lake with
small files, and lets ``tidegate lake compact`` have it. Two times count: the command from its start to its end, and in
it the Flink job, from its submission to its end. A first round is not counted, as it compiles the JVM's code.
"""

import argparse
import json
import statistics
import subprocess
import sys
import time
from typing import Any, NamedTuple

import httpx
import numpy as np
import pyarrow as pa
from pyiceberg.table import Table

from benchmarks.measure import cpu_seconds, since
from tidegate.child_process import child_environment
from tidegate.clients.lake import drop_table, find_table, open_catalog
from tidegate.clients.lake_contents import current_files
from tidegate.job_names import COMPACT, flink_name
from tidegate.settings import Settings, get_settings

TABLE = "benchmark.compaction"
_ROW_BYTES = 40
"""About what one row takes in a file: its numbers are by chance, so they don't compress."""
_MB = 1_000_000


class Round(NamedTuple):
    """Bytes that were put together, of how many files to how many; seconds of command and job; CPU-seconds."""

    bytes: int
    files: int
    into: int
    command_s: float
    job_s: float
    cpu_s: float


def main() -> None:
    """Parses, fills, measures, prints."""
    parser = argparse.ArgumentParser(prog="compaction")
    parser.add_argument("--megabytes", type=int, default=400, help="of all files")
    parser.add_argument("--file-mb", type=float, default=2, help="of each file")
    parser.add_argument("--parallelism", type=int, default=1)
    parser.add_argument("--runs", type=int, default=3, help="rounds that count")
    options = parser.parse_args()
    settings, rounds = get_settings(), list[Round]()
    try:
        for number in range(options.runs + 1):
            fill(settings, options.megabytes, options.file_mb)
            one = one_round(settings, options.parallelism)
            print(line(one), flush=True)
            if number:
                rounds.append(one)
    finally:
        drop_table(settings, open_catalog(settings), TABLE)
    print(report(rounds))


def fill(settings: Settings, megabytes: int, file_mb: float) -> None:
    """The table anew, each file by a commit of its own."""
    catalog = open_catalog(settings)
    drop_table(settings, catalog, TABLE)
    catalog.create_namespace_if_not_exists(TABLE.partition(".")[0])
    chance, count = np.random.default_rng(7), int(file_mb * _MB / _ROW_BYTES)
    table: Table | None = None
    for _ in range(int(megabytes / file_mb)):
        rows = some_rows(chance, count)
        table = table or catalog.create_table(TABLE, rows.schema)
        table.append(rows)


def some_rows(chance: np.random.Generator, count: int) -> pa.Table:
    """Numbers, text and coordinates."""
    numbers = chance.integers(0, 2**62, count)
    return pa.table(
        {
            "_source_offset": pa.array(np.arange(count)),
            "amount": pa.array(chance.random(count)),
            "number": pa.array(numbers),
            "word": pa.array([f"{number:x}" for number in numbers]),
        }
    )


def one_round(settings: Settings, parallelism: int) -> Round:
    """The command, and what Flink and the table say of it."""
    table = find_table(open_catalog(settings), TABLE)
    small, before, start_s = current_files(table), cpu_seconds(settings), time.monotonic()
    done = command(settings, "lake", "compact", TABLE, "--yes", "--json", "--parallelism", str(parallelism))
    seconds = time.monotonic() - start_s
    assert sum(file.rows for file in current_files(find_table(open_catalog(settings), TABLE))) == sum(
        file.rows for file in small
    ), "rows were lost or doubled"
    cpu_s = since(before, cpu_seconds(settings))["taskmanager"]
    return Round(done["bytes"], done["files"], done["into"], seconds, job_seconds(settings), cpu_s)


def job_seconds(settings: Settings) -> float:
    """Of the newest job that has put files of the table together."""
    jobs = httpx.get(f"{settings.flink_rest_url}/jobs/overview", timeout=30).json()["jobs"]
    ours = [job for job in jobs if job["name"] == flink_name(COMPACT, TABLE)]
    return float(max(ours, key=lambda job: job["start-time"])["duration"]) / 1000


def command(settings: Settings, *arguments: str) -> dict[str, Any]:
    """What the command says in JSON."""
    ran = subprocess.run(
        [sys.executable, "-m", "tidegate", *arguments],
        env=child_environment(settings),
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    found: dict[str, Any] = json.loads(ran.stdout)
    return found


def line(one: Round) -> str:
    """Of one round."""
    size = one.bytes / _MB
    return (
        f"{one.files:,} files of {size:,.0f} MB to {one.into:,}: the command {one.command_s:.1f} s, its job "
        f"{one.job_s:.1f} s, {size / one.job_s:.1f} MB/s, {size / one.cpu_s:.1f} MB per CPU-second of the TaskManager"
    )


def report(rounds: list[Round]) -> str:
    """Medians, with the least and the most."""
    rates = [one.bytes / _MB / one.job_s for one in rounds]
    per_cpu = [one.bytes / _MB / one.cpu_s for one in rounds]
    return f"{spread(rates)} MB/s by the job, {spread(per_cpu)} MB per CPU-second of the TaskManager"


def spread(values: list[float]) -> str:
    """``median (min–max)``."""
    return f"{statistics.median(values):.1f} ({min(values):.1f}–{max(values):.1f})"


if __name__ == "__main__":
    main()
