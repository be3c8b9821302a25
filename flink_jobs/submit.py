"""Where jobs are started: the one place that talks to Flink.

Building is not running: ``tidegate/sql`` gives the SQL of a dataset as a value; ``main`` makes the environment, names
every operator, finds the state to go on from, and submits once.
"""

import argparse
import sys
from datetime import UTC, datetime

from pyflink.common import Configuration
from pyflink.datastream import StreamExecutionEnvironment
from pyflink.table import StreamTableEnvironment
from pyflink.table.statement_set import StatementSet

from flink_jobs.job import Arguments, Job, Part, add_options, arguments_of, chosen_datasets
from flink_jobs.operator_names import name_operators
from flink_jobs.parts import Begin, part_of
from flink_jobs.python_functions import register_named
from flink_jobs.recovery import (
    CHECKPOINT_DIR,
    IGNORE_UNCLAIMED,
    LATEST,
    NONE,
    RECOVERY_PATH,
    facts_of,
    usable_path,
    why_unusable,
    write_start,
)
from flink_jobs.sql_error import FLINK_REFUSES, SqlError
from flink_jobs.sql_functions import register_functions
from tidegate import log
from tidegate.clients.flink import FlinkClient
from tidegate.contracts import naming
from tidegate.contracts.dataset import Stream
from tidegate.errors import ContractError, TidegateError
from tidegate.jobs.fingerprints import fingerprints, parameter
from tidegate.jobs.start import refuse_if_running
from tidegate.settings import LogSettings, Settings, get_settings
from tidegate.sql.job_sql import JobSql, Table

EXECUTION_TARGET = "execution.target"
GLOBAL_PARAMETERS = "pipeline.global-job-parameters"


def main(job: Job) -> None:
    """Entry point of a job file, under ``tidegate run`` and under plain ``flink run -py`` alike."""
    parser = add_options(argparse.ArgumentParser(prog=job.name))
    run([job], arguments_of(parser.parse_args(sys.argv[1:])))


def run(jobs: list[Job], arguments: Arguments) -> None:
    """Submits the jobs one after the other; a problem ends the program with one line."""
    log.start(LogSettings())
    try:
        settings = get_settings()
        for job in jobs:
            submit(job, arguments, settings)
    except TidegateError as error:
        log.failed(error)
        sys.exit(1)


def submit(job: Job, arguments: Arguments, settings: Settings) -> None:
    """Builds the job for its datasets and starts it.

    Raises:
        TidegateError: the job runs already, or its state cannot be found although it ran before.
    """
    datasets = chosen_datasets(arguments, settings)
    environment = StreamExecutionEnvironment.get_execution_environment(Configuration())
    if not arguments.explain and not is_application(environment):
        refuse_if_running(FlinkClient(settings), job.name)
    environment.configure(configuration(job, datasets, settings, arguments, environment))
    table_environment = StreamTableEnvironment.create(environment)
    if arguments.explain:
        for dataset in datasets:
            print(plan_of(Part(job, dataset, settings), table_environment))
        return
    parts = parts_of(job, datasets, settings, arguments, environment)
    attached = attach_all(parts, arguments, table_environment, environment)
    environment.configure(told_parameters(job, [part for part in parts if part.dataset.name in attached], settings))
    job_id = str(environment.execute(job.name).get_job_id())
    log.event("job_submitted", job=job.name, job_id=job_id, datasets=attached)


def parts_of(
    job: Job,
    datasets: list[Stream],
    settings: Settings,
    arguments: Arguments,
    environment: StreamExecutionEnvironment,
) -> list[Part]:
    """What each dataset begins with, kept for the next start where the job's results depend on it.

    Raises:
        TidegateError: the results would be wrong, or written a second time.
    """
    options = environment._j_stream_execution_environment.getConfiguration().toMap()
    path, folder = options.get(RECOVERY_PATH), str(options.get(CHECKPOINT_DIR))
    state = facts_of(str(path), folder) if path else None
    if state and (reason := why_unusable(job, datasets, settings, state)):
        raise TidegateError(
            f"{job.name} would be wrong if it went on from {path}: {reason}.",
            remedy="Start it with --recover-from none: everything is computed again.",
        )
    begin = Begin(state, arguments.recover_from == NONE, datetime.now(UTC))
    parts = [part_of(job, dataset, settings, begin) for dataset in datasets]
    if job.computed_again:
        write_start(folder, begin.now, {part.dataset.name: part.begun for part in parts})
    return parts


def told_parameters(job: Job, parts: list[Part], settings: Settings) -> Configuration:
    """What the running job tells of itself, which Flink shows with its configuration: the run, its datasets."""
    signs = {part.dataset.name: fingerprints(part.dataset, settings).get(job.name) for part in parts}
    told = {"tidegate.run-id": settings.run_id} | {parameter(name): sign for name, sign in signs.items() if sign}
    result = Configuration()
    result.set_string(GLOBAL_PARAMETERS, ",".join(f"{name}:{value}" for name, value in told.items()))
    return result


def plan_of(part: Part, table_environment: StreamTableEnvironment) -> str:
    """Flink's plan of one dataset's part of the job; empty if the job has nothing to do for it."""
    sql = part.sql()
    if not sql.inserts:
        return ""
    define(sql, part, table_environment)
    part.job.before_inserts(part.dataset, part.settings)
    return str(statement_set(sql, table_environment).explain())


def attach_all(
    parts: list[Part],
    arguments: Arguments,
    table_environment: StreamTableEnvironment,
    environment: StreamExecutionEnvironment,
) -> list[str]:
    """Adds every part whose SQL Flink takes; names those. Of all, one that it refuses is left out and told.

    Raises:
        ContractError: it refuses the SQL of a dataset that was asked for by name, or of every dataset.
    """
    refused: dict[str, object] = {}
    for part in parts:
        try:
            attach(part, table_environment, environment)
        except FLINK_REFUSES as error:
            name = part.dataset.name
            remedy = f"`tidegate contract check {name}` says where."
            problem = ContractError(f"Flink refuses the SQL of {name}: {SqlError(error).reason}.", remedy=remedy)
            refused[name] = problem
            if arguments.datasets or len(refused) == len(parts):
                raise problem from error
    log.left_out(refused)
    return [part.dataset.name for part in parts if part.dataset.name not in refused]


def attach(part: Part, table_environment: StreamTableEnvironment, environment: StreamExecutionEnvironment) -> None:
    """Adds one dataset's part to the job, and gives each of its operators its uid."""
    sql = part.sql()
    if not sql.inserts:
        return
    define(sql, part, table_environment)
    part.job.before_inserts(part.dataset, part.settings)
    statement_set(sql, table_environment).attach_as_datastream()
    name_operators(environment, naming.operator_prefix(part.job.name, part.dataset.name), sql.parts)


def define(sql: JobSql, part: Part, table_environment: StreamTableEnvironment) -> None:
    """Makes the tables and views, in a database of their own, and the functions that they name known."""
    table_environment.get_config().set("table.exec.state.ttl", f"{sql.state_ttl_ms} ms")
    table_environment.execute_sql(f"CREATE DATABASE `{part.dataset.name}`")
    table_environment.use_database(part.dataset.name)
    register_functions(table_environment)
    register_named(table_environment, sql.texts)
    for definition in sql.definitions:
        resumed = isinstance(definition, Table) and part.from_committed and definition.resumed
        table_environment.execute_sql(resumed or definition.sql)
    for view in sql.shared_views:
        table_environment.create_temporary_view(view.name, table_environment.sql_query(view.query))


def statement_set(sql: JobSql, table_environment: StreamTableEnvironment) -> StatementSet:
    """The inserts, which Flink plans together."""
    statements = table_environment.create_statement_set()
    for insert in sql.inserts:
        statements.add_insert_sql(insert.sql)
    return statements


def is_application(environment: StreamExecutionEnvironment) -> bool:
    """Whether this program runs in the JobManager, in a cluster of its own (Application mode).

    There, after the JobManager's failure, the program runs again while its job is being recovered: Flink takes the
    two for the same.
    """
    cluster = environment._j_stream_execution_environment.getConfiguration().toMap()
    return str(cluster.get(EXECUTION_TARGET)) == "embedded"


def configuration(
    job: Job,
    datasets: list[Stream],
    settings: Settings,
    arguments: Arguments,
    environment: StreamExecutionEnvironment,
) -> Configuration:
    """The job's own part of Flink's configuration."""
    cluster = environment._j_stream_execution_environment.getConfiguration().toMap()
    folder = str(cluster.get(CHECKPOINT_DIR) or "")
    if not folder and not arguments.explain:
        raise TidegateError(
            f"Flink has no {CHECKPOINT_DIR}.",
            remedy="Set it in Flink's config.yaml, e.g. to a file or S3 path.",
        )
    values = {
        "pipeline.object-reuse": "true",
        "parallelism.default": str(settings.parallelism),
        "execution.checkpointing.interval": f"{int(job.checkpoint_interval_s(settings) * 1000)} ms",
        "execution.checkpointing.mode": "EXACTLY_ONCE",
        CHECKPOINT_DIR: f"{folder.rstrip('/')}/{job.name}",
        "table.local-time-zone": "UTC",
        "table.optimizer.reuse-optimize-block-with-digest-enabled": "true",
        **job.options,
    }
    # By `flink run --fromSavepoint` or the Kubernetes operator: who starts the job knows best.
    given = str(cluster.get(RECOVERY_PATH) or "")
    if not arguments.explain and not (given and arguments.recover_from == LATEST):
        path = usable_path(job, arguments, datasets, settings, values[CHECKPOINT_DIR])
        if path:
            values |= {RECOVERY_PATH: path, IGNORE_UNCLAIMED: str(arguments.forget_removed).lower()}
    result = Configuration()
    for key, value in values.items():
        result.set_string(key, value)
    return result
