"""Refine's SQL over the records of one scratch topic, in a Flink of this process alone: what a redrive would meet.

Run as ``python -m flink_jobs.dry_run DATASET TOPIC COUNT FOLDER`` by ``tidegate redrive dry-run``. It reads the topic
and the reference data, writes files to the folder, and ends. The jars are on the class path (``HADOOP_CLASSPATH``).
"""

import sys
from pathlib import Path

from pyflink.datastream import StreamExecutionEnvironment
from pyflink.table import StreamTableEnvironment

from flink_jobs.configured import configuration_of
from flink_jobs.job import Job, Part
from flink_jobs.sql_error import FLINK_REFUSES, SqlError
from flink_jobs.submit import define, statement_set
from tidegate import log
from tidegate.contracts.load import load_stream
from tidegate.errors import TidegateError
from tidegate.jobs.platform import platform_of
from tidegate.redrive.trial_sql import NAME, Trial, trial_sql
from tidegate.settings import LogSettings, Settings, get_settings

OPTIONS = {
    "parallelism.default": "1",
    "restart-strategy.type": "disable",
    "pipeline.object-reuse": "true",
    "table.local-time-zone": "UTC",
    "table.optimizer.reuse-optimize-block-with-digest-enabled": "true",
    "execution.checkpointing.interval": "500 ms",  # files are complete with a checkpoint
    "execution.target": "local",
    "python.executable": sys.executable,
    "python.client.executable": sys.executable,
}


def main(argv: list[str]) -> None:
    """Runs the trial to its end."""
    log.start(LogSettings())
    dataset, topic, count, folder = argv
    try:
        execute(get_settings(), dataset, Trial(topic, int(count), Path(folder)))
    except TidegateError as error:
        log.failed(error)
        sys.exit(1)
    except FLINK_REFUSES as error:
        reason = SqlError(error).reason
        log.failed(TidegateError(f"the dry run of {dataset} fails in Flink: {reason}.", remedy="See `contract check`."))
        sys.exit(1)


def execute(settings: Settings, dataset: str, trial: Trial) -> None:
    """Tells Flink the SQL and waits for the end of the job."""
    stream = load_stream(settings.schemas_dir, dataset)
    environment = StreamExecutionEnvironment.get_execution_environment(configuration_of(OPTIONS))
    flink = StreamTableEnvironment.create(environment)
    sql = trial_sql(stream, platform_of(stream, settings), trial)
    define(sql, Part(Job(NAME, lambda *_: sql), stream, settings), flink)
    statement_set(sql, flink).execute().wait()


if __name__ == "__main__":
    main(sys.argv[1:])
