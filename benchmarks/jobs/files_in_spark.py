"""The checks of a day of transactions in plain PySpark, as ``benchmarks/files.py`` has them in DuckDB beside a load.

Run by a Python that has PySpark, which is no dependency of the project: ``python files_in_spark.py FILES FOLDER``. It
does all twice, the first time to warm up, and prints the second's seconds and CPU seconds as JSON.
"""

import json
import os
import sys
import time
from pathlib import Path

from pyspark.sql import DataFrame, SparkSession, Window
from pyspark.sql import functions as f

COLUMNS = (
    "transaction_id booked_at kind status account product_id quantity amount fee currency country card_last4 reference"
)
UNREADABLE = "_unreadable"
BAD = (
    "coalesce(length(transaction_id) <> 36 or kind not in ('payment', 'refund', 'chargeback', 'fee', 'test') "
    "or status not in ('booked', 'pending') or amount_ is null or amount_ = 0 or (kind = 'refund' and amount_ > 0) "
    "or (fee is not null and (fee_ is null or fee_ < 0)) or length(currency) <> 3 or booked_at_ is null, true)"
)


def main() -> None:
    """Judges twice."""
    files, folder = sys.argv[1:]
    spark = (
        SparkSession.builder.master("local[1]")
        .config("spark.ui.enabled", "false")
        .config("spark.driver.memory", "2g")
        .config("spark.sql.session.timeZone", "UTC")
        .config("spark.sql.ansi.enabled", "false")
        .config("spark.sql.shuffle.partitions", "4")
        .getOrCreate()
    )
    jvm = spark.sparkContext._gateway.proc.pid
    judge(spark, files, folder)
    begun_s, begun_cpu_s = time.monotonic(), cpu_seconds(jvm)
    judge(spark, files, folder)
    print(json.dumps({"seconds": time.monotonic() - begun_s, "cpu_s": cpu_seconds(jvm) - begun_cpu_s}))
    spark.stop()


def judge(spark: SparkSession, files: str, folder: str) -> None:
    """Silver, what was rejected, and what could not be read, each a folder of Parquet."""
    names = [*COLUMNS.split(), UNREADABLE]
    schema = ", ".join(f"{name} string" for name in names)
    rows = spark.read.csv(files, header=True, schema=schema, mode="PERMISSIVE", columnNameOfCorruptRecord=UNREADABLE)
    typed = rows.selectExpr(
        "*",
        "cast(amount as decimal(14, 2)) as amount_",
        "cast(fee as decimal(12, 4)) as fee_",
        "cast(booked_at as timestamp) as booked_at_",
    )
    first = Window.partitionBy("transaction_id").orderBy("booked_at")
    judged = (
        typed.where(f"{UNREADABLE} is null")
        .selectExpr("*", f"{BAD} as bad")
        .withColumn("occurrence", f.row_number().over(first))
    )
    kept = "not bad and occurrence = 1 and status <> 'pending' and kind <> 'test'"
    judged.persist()
    written(judged.where(kept), folder, "silver")
    written(judged.where("bad"), folder, "rejected")
    written(typed.where(f"{UNREADABLE} is not null"), folder, "unreadable")
    judged.unpersist(blocking=True)


def written(rows: DataFrame, folder: str, name: str) -> None:
    """Replaces what was there."""
    rows.write.mode("overwrite").parquet(f"{folder}/{name}", compression="zstd")


def cpu_seconds(pid: int) -> float:
    """Of this process and of the JVM."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    ticks = int(fields[11]) + int(fields[12])  # utime and stime, of proc(5)
    return sum(os.times()[:2]) + ticks / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    main()
