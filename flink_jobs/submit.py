"""Where jobs are started: the one place that talks to Flink.

Building is not running: ``tidegate/sql`` gives the SQL of a dataset as a value; ``main`` makes the environment, names
every operator, finds the state to go on from, and submits once.
"""

import argparse
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial

from pyflink.common import Configuration
from pyflink.datastream import StreamExecutionEnvironment
from pyflink.java_gateway import get_gateway
from pyflink.table import StreamTableEnvironment
from pyflink.table.statement_set import StatementSet

from flink_jobs.begun import Begun
from flink_jobs.configured import configuration, is_application, places_of, recovery
from flink_jobs.error_budget import refuse_company
from flink_jobs.job import Arguments, Job, Part, add_options, arguments_of, chosen_datasets
from flink_jobs.joined_state import state_of
from flink_jobs.operator_names import name_operators
from flink_jobs.parts import Begin, part_of
from flink_jobs.python_functions import register_named
from flink_jobs.recovery import NONE, origins, write_start
from flink_jobs.sql_error import FLINK_REFUSES, SqlError
from flink_jobs.sql_functions import register_functions
from tidegate import log
from tidegate.clients.flink import FlinkClient
from tidegate.contracts import naming
from tidegate.contracts.dataset import Stream
from tidegate.errors import ContractError, TidegateError, TransientError
from tidegate.job_names import flink_name
from tidegate.jobs.counting import Counting, counting_parameter
from tidegate.jobs.fingerprints import fingerprints, parameter
from tidegate.jobs.live import live_jobs, of_dataset
from tidegate.jobs.plan_start import running_already
from tidegate.jobs.start import is_state_without_operator, refuse_if_running, state_without_operator
from tidegate.settings import LogSettings, Settings, get_settings
from tidegate.sql.job_sql import JobSql, Table

SEE_LOG = "`tidegate logs jobmanager` has the whole of it."
GLOBAL_PARAMETERS = "pipeline.global-job-parameters"


def main(job: Job) -> None:
    """Entry point of a job file, under ``tidegate run`` and under plain ``flink run -py`` alike."""
    parser = add_options(argparse.ArgumentParser(prog=job.name))
    run([(job, arguments_of(parser.parse_args(sys.argv[1:])))])


def run(starts: Sequence[tuple[Job, Arguments]]) -> None:
    """Submits the jobs one after the other; each problem is one line, and stops no job but its own."""
    log.start(LogSettings())
    failed = False
    try:
        settings = get_settings()
    except TidegateError as error:
        log.failed(error)
        sys.exit(1)
    for job, arguments in starts:
        try:
            failed = not submit(job, arguments, settings) or failed
        except TidegateError as error:
            log.failed(error)
            failed = True
        except FLINK_REFUSES as error:
            log.failed(refused(flink_name(job.name, arguments.group), error))
            failed = True
    sys.exit(1 if failed else 0)


def refused(name: str, error: Exception) -> TidegateError:
    """Why Flink has not taken a job as a whole."""
    if is_state_without_operator(str(error)):
        return state_without_operator(name)
    return TidegateError(f"Flink refuses the job {name}: {SqlError(error).reason}.", remedy=SEE_LOG)


def submit(job: Job, arguments: Arguments, settings: Settings) -> bool:
    """Builds the job for its datasets and starts it; whether all is well. A dataset that it is started without is told.

    In Application mode a job that runs is well without one too: this program's failure would end it.

    Raises:
        TidegateError: the job runs already, its state cannot be found although it ran before, or none of its datasets
            can be started.
    """
    datasets = chosen_datasets(arguments, settings, of_files=job.of_files)
    environment = StreamExecutionEnvironment.get_execution_environment(Configuration())
    name = flink_name(job.name, arguments.group)
    if not arguments.explain and not is_application(environment):
        refuse_what_runs(name, job, datasets, settings)
    places = places_of(environment, settings, arguments)
    environment.configure(configuration(job, name, settings, places))
    table_environment = StreamTableEnvironment.create(environment)
    if arguments.explain:
        for dataset in datasets:
            print(plan_of(Part(job, dataset, settings), table_environment))
        return True
    found = origins(job, datasets, arguments, settings, places)
    now = datetime.now(UTC)
    begin = partial(Begin, told_none=arguments.recover_from == NONE, now=now, budget_reset=arguments.budget_reset)
    makers = {each.name: partial(part_of, job, each, settings, begin(found.get(each.name))) for each in datasets}
    parts = attach_all(job, makers, table_environment, environment)
    if not parts:
        return False
    if job.computed_again:
        write_start(places.of(name)[0], now, {part.dataset.name: part.begun for part in parts})
    versions = {part.dataset.name: part.dataset.contract.silver_version for part in parts}
    path = state_of(job.name, versions, found, places.of(name)[0])
    environment.configure(recovery(path, places, arguments))
    environment.configure(told_parameters(job, parts, settings))
    job_id = str(environment.execute(name).get_job_id())
    log.event("job_submitted", job=name, job_id=job_id, datasets=[part.dataset.name for part in parts])
    return len(parts) == len(datasets) or is_application(environment)


def refuse_what_runs(name: str, job: Job, datasets: Sequence[Stream], settings: Settings) -> None:
    """Two jobs with one dataset would fence each other's transactions.

    Raises:
        TidegateError: a job of that name runs, or one of the same kind that has one of the datasets.
    """
    refuse_if_running(FlinkClient(settings), name)
    live = live_jobs(settings)
    for dataset in datasets:
        if holder := of_dataset(live, job.name, dataset.name):
            raise running_already(holder, [dataset.name])


def told_parameters(job: Job, parts: list[Part], settings: Settings) -> Configuration:
    """What the running job tells of itself, which Flink shows with its configuration: the run, its datasets."""
    signs = {part.dataset.name: fingerprints(part.dataset, settings).get(job.name) for part in parts}
    told = {"tidegate.run-id": settings.run_id} | {parameter(name): sign for name, sign in signs.items() if sign}
    if job.computed_again:
        told |= {counting_parameter(part.dataset.name): counting_of(part.begun, settings).text for part in parts}
    result = Configuration()
    result.set_string(GLOBAL_PARAMETERS, ",".join(f"{name}:{value}" for name, value in told.items()))
    return result


def counting_of(begun: Begun, settings: Settings) -> Counting:
    """Which events a state that was begun so lets count."""
    since, empty_at = (None if each is None else int(each.timestamp() * 1000) for each in (begun.since, begun.empty_at))
    return Counting(begun.max_lateness_hours or settings.metrics_max_lateness_hours, since, empty_at)


def plan_of(part: Part, table_environment: StreamTableEnvironment) -> str:
    """Flink's plan of one dataset's part of the job; empty if the job has nothing to do for it."""
    sql = part.sql()
    if not sql.inserts:
        return ""
    define(sql, part, table_environment)
    part.job.before_inserts(part.dataset, part.settings)
    return str(statement_set(sql, table_environment).explain())


def attach_all(
    job: Job,
    makers: Mapping[str, Callable[[], Part]],
    table_environment: StreamTableEnvironment,
    environment: StreamExecutionEnvironment,
) -> list[Part]:
    """Adds the part of every dataset that can be made and that Flink takes; each other one is told, with its remedy.

    Raises:
        TransientError: a server does not answer, which is no dataset's own trouble.
    """
    attached = []
    for name, make in makers.items():
        try:
            part = make()
            refuse_company(part, len(makers))
            attach(part, table_environment, environment)
        except TransientError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever the SQL or a function of one does, the others start
            log.failed(left_out_of(job, name, error))
        else:
            attached.append(part)
    return attached


def left_out_of(job: Job, dataset: str, error: Exception) -> TidegateError:
    """Why a dataset is not part of a job, in one line."""
    if isinstance(error, TidegateError):
        return TidegateError(f"{job.name} is started without {dataset}: {error.problem}", remedy=error.remedy)
    flink = isinstance(error, FLINK_REFUSES)
    reason = f"Flink refuses its SQL: {SqlError(error).reason}" if flink else f"{type(error).__name__}: {error}"
    return ContractError(
        f"{job.name} is started without {dataset}: {' '.join(reason.split()).rstrip('.')}.",
        remedy=f"`tidegate contract check {dataset}` says where; mended, it starts with `tidegate run {job.name}`.",
    )


def attach(part: Part, table_environment: StreamTableEnvironment, environment: StreamExecutionEnvironment) -> None:
    """Adds one dataset's part to the job, and gives each of its operators its uid."""
    sql = part.sql()
    if not sql.inserts:
        return
    define(sql, part, table_environment)
    part.job.before_inserts(part.dataset, part.settings)
    statement_set(sql, table_environment).attach_as_datastream()
    name_operators(environment, naming.operator_prefix(part.job.name, part.dataset.name), sql.parts, sql.versions)
    # A restored transaction that was committed before is refused by Kafka as one that is lost: see ADR 52.
    get_gateway().jvm.io.tidegate.commits.CheckedCommits.of(environment._j_stream_execution_environment)
    part.job.complete(part, environment)


def define(sql: JobSql, part: Part, table_environment: StreamTableEnvironment) -> None:
    """Makes the tables and views, in a database of their own, and the functions that they name known."""
    table_environment.get_config().set("table.exec.state.ttl", f"{sql.state_ttl_ms} ms")
    table_environment.execute_sql(f"CREATE DATABASE `{part.dataset.name}`")
    table_environment.use_database(part.dataset.name)
    register_functions(table_environment)
    register_named(table_environment, sql.texts)
    for definition in sql.definitions:
        resumed = isinstance(definition, Table) and part.begins_at_committed(definition) and definition.resumed
        table_environment.execute_sql(resumed or definition.sql)
    for view in sql.shared_views:
        table_environment.create_temporary_view(view.name, table_environment.sql_query(view.query))


def statement_set(sql: JobSql, table_environment: StreamTableEnvironment) -> StatementSet:
    """The inserts, which Flink plans together."""
    statements = table_environment.create_statement_set()
    for insert in sql.inserts:
        statements.add_insert_sql(insert.sql)
    return statements
