"""Files judged by refine's SQL in a Flink of this process alone; what becomes of their rows is left in local files.

Run as ``python -m flink_jobs.check_files ORDER…`` by ``tidegate files check`` and ``files diff``. It ends with the last
file. The jars are on the class path (``HADOOP_CLASSPATH``).
"""

import sys
from pathlib import Path

from pyflink.datastream import StreamExecutionEnvironment
from pyflink.table import StreamTableEnvironment

from flink_jobs.configured import configuration_of
from flink_jobs.dry_run import OPTIONS
from flink_jobs.job import Job, Part
from flink_jobs.sql_error import FLINK_REFUSES, SqlError
from flink_jobs.submit import define, statement_set
from tidegate import log
from tidegate.contracts.load import load_files
from tidegate.errors import TidegateError
from tidegate.files.orders import read_checking
from tidegate.job_names import FILES
from tidegate.jobs.platform import platform_of
from tidegate.settings import LogSettings, Settings, get_settings
from tidegate.sql.file_check import Checking, job_sql


def main(argv: list[str]) -> None:
    """Judges the files that each order names."""
    log.start(LogSettings())
    for order in argv:
        checking = read_checking(Path(order))
        try:
            execute(get_settings(), checking)
        except TidegateError as error:
            log.failed(error)
            sys.exit(1)
        except FLINK_REFUSES as error:
            log.failed(refused(checking.dataset, SqlError(error).reason))
            sys.exit(1)


def refused(dataset: str, reason: str) -> TidegateError:
    """What Flink says of the dataset's SQL, or of a file that it can't read."""
    remedy = f"See `tidegate contract check {dataset}`, and that the files can be read."
    return TidegateError(f"files of {dataset} can't be judged: {reason}.", remedy=remedy)


def execute(settings: Settings, checking: Checking) -> None:
    """Tells Flink the SQL and waits for the end of the job."""
    dataset = load_files(settings.schemas_dir, checking.dataset)
    options = {**OPTIONS, "parallelism.default": str(settings.parallelism)}
    environment = StreamExecutionEnvironment.get_execution_environment(configuration_of(options))
    flink = StreamTableEnvironment.create(environment)
    sql = job_sql(dataset, platform_of(dataset, settings), checking)
    define(sql, Part(Job(FILES, lambda *_: sql), dataset, settings), flink)
    statement_set(sql, flink).execute().wait()


if __name__ == "__main__":
    main(sys.argv[1:])
