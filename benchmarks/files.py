"""How fast files become silver: ``python -m benchmarks.files --size 400MB --runs 3``.

The stack must be up with the contracts of products and transactions registered and products loaded; use a throw-away
one. Each round makes a day of transactions of its own (one row in a hundred is bad) and loads it. Counted are the copy
into the store; the job that judges, from when its source runs to its last commit; and the whole command. DuckDB reads
the same files beside it, with the same types, rules and duplicates, and keeps what it rejects; so does PySpark, where
``--spark`` names a Python that has it. A first round does not count.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple

import duckdb

from benchmarks.measure import cpu_seconds, since
from benchmarks.replay import command, job_seconds
from tidegate.clients.flink import FlinkClient
from tidegate.contracts.load import load_files
from tidegate.files.take_in import take_in
from tidegate.job_names import FILES, flink_name
from tidegate.settings import Settings, get_settings

DATASET = "transactions"
WORKER = "taskmanager"
FIRST_DAY = date(2026, 10, 1)
NOT_ALL = 3
"""What ``files load`` ends with where a file lies in quarantine, which is no failure."""
_MB = 1_000_000
DUCKDB = """
create or replace table judged as
select *, try_cast(amount as decimal(14, 2)) as amount_, try_cast(fee as decimal(14, 2)) as fee_,
  try_cast(booked_at as timestamptz) as booked_at_,
  coalesce(length(transaction_id) <> 36 or kind not in ('payment', 'refund', 'chargeback', 'fee', 'test')
    or status not in ('booked', 'pending') or amount_ is null or amount_ = 0 or (kind = 'refund' and amount_ > 0)
    or (fee is not null and (fee_ is null or fee_ < 0)) or length(currency) <> 3 or booked_at_ is null, true) as bad,
  row_number() over (partition by transaction_id order by booked_at) as occurrence
from read_csv('{files}', all_varchar=true, header=true, ignore_errors=true, store_rejects=true);
copy (select * from judged where not bad and occurrence = 1 and status <> 'pending' and kind <> 'test')
  to '{folder}/silver.parquet' (compression zstd);
copy (select * from judged where bad) to '{folder}/rejected.parquet' (compression zstd);
copy (select * from reject_errors) to '{folder}/unreadable.parquet';
"""


class Round(NamedTuple):
    """MB a second of the copy, the job and the whole load; MB per CPU-second of the TaskManager; and the others'."""

    intake: float
    job: float
    load: float
    per_cpu_s: float
    duckdb: float
    duckdb_per_cpu_s: float
    spark: float | None = None
    spark_per_cpu_s: float | None = None


def main() -> None:
    """Parses, measures, prints."""
    parser = argparse.ArgumentParser(prog="files")
    parser.add_argument("--size", default="400MB", help="bytes of a day, in two files")
    parser.add_argument("--runs", type=int, default=3, help="rounds that count")
    parser.add_argument("--spark", metavar="PYTHON", help="a Python that has PySpark")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="tidegate-bench-files-") as folder:
        settings = own_contracts(get_settings(), Path(folder))
        rounds = []
        for number in range(options.runs + 1):
            one = one_round(settings, Path(folder), options, number)
            print(line(one), flush=True)
            if number:
                rounds.append(one)
        print(report(rounds))


def own_contracts(settings: Settings, folder: Path) -> Settings:
    """With files that lie in the folder."""
    schemas = folder / "schemas"
    shutil.copytree(settings.schemas_dir, schemas)
    contract = schemas / DATASET / "contract.yaml"
    contract.write_text(contract.read_text().replace("pattern: landing/", f"pattern: {folder}/landing/"))
    return settings.model_copy(update={"schemas_dir": schemas})


def one_round(settings: Settings, folder: Path, options: argparse.Namespace, number: int) -> Round:
    """A day of its own: rows of days that were loaded before are looked at for duplicates."""
    day, seed = str(FIRST_DAY + timedelta(days=number)), str(number + int(time.time()))
    shutil.rmtree(folder / "landing", ignore_errors=True)
    words = ("files", "make", DATASET, "--date", day, "--size", options.size, "--files", "2", "--bad-rows", "0.01")
    command(settings, *words, "--duplicates", "0.001", "--seed", seed, "--json")
    files = sorted((folder / "landing").rglob("part-*"))
    megabytes = sum(file.stat().st_size for file in files) / _MB
    start_s = time.monotonic()
    take_in(settings, load_files(settings.schemas_dir, DATASET))
    intake_s, before, start_s = time.monotonic() - start_s, cpu_seconds(settings), time.monotonic()
    told = json.loads(command(settings, "files", "load", DATASET, "--json", codes=(0, NOT_ALL)))
    load_s, used = time.monotonic() - start_s, since(before, cpu_seconds(settings))
    name = flink_name(FILES, told["loads"][0]["run_id"])
    job_id = next(job.job_id for job in FlinkClient(settings).jobs() if job.name == name)
    duckdb_s, duckdb_cpu_s = in_duckdb(files, folder)
    rates = [intake_s, job_seconds(settings, job_id), load_s, used[WORKER], duckdb_s, duckdb_cpu_s]
    if options.spark:
        rates += in_spark(options.spark, files, folder)
    return Round(*(megabytes / seconds for seconds in rates))


def in_duckdb(files: Sequence[Path], folder: Path) -> tuple[float, float]:
    """Seconds, and CPU seconds."""
    out = folder / "duckdb"
    out.mkdir(exist_ok=True)
    begun_s, begun_cpu_s = time.monotonic(), sum(os.times()[:2])
    with duckdb.connect() as connection:
        connection.execute("set timezone = 'UTC'")
        connection.execute(DUCKDB.format(files=f"{files[0].parent}/part-*", folder=out))
    return time.monotonic() - begun_s, sum(os.times()[:2]) - begun_cpu_s


def in_spark(python: str, files: Sequence[Path], folder: Path) -> tuple[float, float]:
    """Seconds, and CPU seconds, once it is warm."""
    script = Path(__file__).parent / "jobs" / "files_in_spark.py"
    words = [python, str(script), f"{files[0].parent}/part-*", str(folder / "spark")]
    told = json.loads(subprocess.run(words, check=True, stdout=subprocess.PIPE, text=True).stdout)
    return told["seconds"], told["cpu_s"]


def line(one: Round) -> str:
    """One round."""
    spark = f"; PySpark {one.spark:.1f} MB/s, {one.spark_per_cpu_s:.1f} MB per CPU-second" if one.spark else ""
    return (
        f"copied {one.intake:.0f} MB/s; judged {one.job:.1f} MB/s; loaded {one.load:.1f} MB/s, "
        f"{one.per_cpu_s:.1f} MB per CPU-second of the TaskManager; DuckDB {one.duckdb:.1f} MB/s, "
        f"{one.duckdb_per_cpu_s:.1f} MB per CPU-second{spark}"
    )


def report(rounds: Sequence[Round]) -> str:
    """Medians, and how much less than DuckDB a load makes of a CPU-second."""
    told = [[rate for rate in each if rate is not None] for each in rounds]
    middle = Round(*(statistics.median(values) for values in zip(*told, strict=True)))
    ratio = middle.per_cpu_s / middle.duckdb_per_cpu_s
    return f"median of {len(rounds)}: {line(middle)}; ratio per CPU-second {ratio:.2f}"


if __name__ == "__main__":
    main()
