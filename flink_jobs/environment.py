"""Where jobs are built and started: the one place that talks to Flink.

Building is not running: a job module gives the SQL of a dataset; ``main`` makes the environment, names every
operator, finds the state to go on from, and submits once.
"""

import argparse
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from pyflink.common import Configuration
from pyflink.datastream import StreamExecutionEnvironment
from pyflink.java_gateway import get_gateway
from pyflink.table import StreamTableEnvironment

from flink_jobs.operator_names import name_operators, whole
from flink_jobs.python_functions import register_named
from flink_jobs.sql_functions import register_functions
from tidegate import log
from tidegate.clients.flink import FlinkClient
from tidegate.clients.kafka_offsets import OffsetReader
from tidegate.contracts.dataset import Stream
from tidegate.contracts.load import load_stream, stream_datasets
from tidegate.errors import TidegateError
from tidegate.settings import LogSettings, Settings, get_settings

CHECKPOINT_DIR = "execution.checkpointing.dir"
EXECUTION_TARGET = "execution.target"
RECOVERY_PATH = "execution.state-recovery.path"
IGNORE_UNCLAIMED = "execution.state-recovery.ignore-unclaimed-state"


# State is large and checkpoints frequent: heap state is written whole each time, RocksDB's only where it changed.
# Most lookups find nothing, so filters and indices must stay in the cache: small files keep each of them small.
ROCKSDB = {
    "state.backend.type": "rocksdb",
    "execution.checkpointing.incremental": "true",
    "state.backend.rocksdb.use-bloom-filter": "true",
    "state.backend.rocksdb.memory.high-prio-pool-ratio": "0.5",
    "state.backend.rocksdb.block.blocksize": "32kb",
    "state.backend.rocksdb.compaction.level.target-file-size-base": "8mb",
    "state.backend.rocksdb.compaction.style": "UNIVERSAL",
    "state.backend.rocksdb.compression.per.level": "LZ4_COMPRESSION",
}


def dedup_ttl_ms(dataset: Stream, _settings: Settings) -> int:
    """How long identities are remembered."""
    return int(dataset.contract.dedup_ttl_hours * 3_600_000)


@dataclass(frozen=True, slots=True)
class Job:
    """A job: its name (also its prefix of uids, groups and transactions) and the SQL it runs per dataset.

    ``views`` are SELECTs by name that several inserts read: planned once, so that all of them read the same operators.
    ``before_inserts`` is called once the tables are there. ``without_state`` gives the settings of a start at the
    beginning of the topics. ``interval_of`` is the job whose checkpoint interval it takes; its own if empty.
    ``part_of`` see :func:`name_operators`.
    """

    name: str
    statements: Callable[[Stream, Settings], list[str]]
    options: Mapping[str, str] = field(default_factory=dict)
    state_ttl_ms: Callable[[Stream, Settings], int] = dedup_ttl_ms
    views: Callable[[Stream], Mapping[str, str]] = lambda _dataset: {}
    before_inserts: Callable[[Stream, Settings], object] = lambda _dataset, _settings: None
    without_state: Callable[[Stream, Settings], Settings] = lambda _dataset, settings: settings
    interval_of: str = ""
    part_of: Callable[[str], str] = whole

    def checkpoint_interval_s(self, settings: Settings) -> float:
        """Its interval from the settings."""
        return settings.checkpoint_interval_s(self.interval_of or self.name)


@dataclass(frozen=True, slots=True)
class Arguments:
    """What a start asks for: ``recover_from`` is ``latest``, ``none`` or the path of a savepoint or checkpoint.

    ``forget_removed``: state of datasets that are not part of the job any more may be given up.
    """

    datasets: tuple[str, ...]
    recover_from: str
    forget_removed: bool
    explain: bool


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


def add_options(parser: argparse.ArgumentParser) -> argparse.ArgumentParser:
    """The options that every job has."""
    parser.add_argument("--dataset", action="append", default=[], help="only this dataset (repeatable)")
    parser.add_argument("--recover-from", default="latest", help="latest, none, or a savepoint or checkpoint")
    parser.add_argument("--forget-removed", action="store_true", help="give up the state of datasets that are gone")
    parser.add_argument("--explain", action="store_true", help="print the plan and submit nothing")
    return parser


def arguments_of(options: argparse.Namespace) -> Arguments:
    """The parsed options as a value."""
    return Arguments(tuple(options.dataset), options.recover_from, options.forget_removed, options.explain)


def submit(job: Job, arguments: Arguments, settings: Settings) -> None:
    """Builds the job for its datasets and starts it.

    Raises:
        TidegateError: the job runs already, or its state cannot be found although it ran before.
    """
    datasets = chosen_datasets(arguments, settings)
    environment = StreamExecutionEnvironment.get_execution_environment(Configuration())
    if not arguments.explain and not is_application(environment):
        refuse_second_start(job.name, settings)
    environment.configure(configuration(job, arguments, settings, environment))
    table_environment = StreamTableEnvironment.create(environment)
    has_state = RECOVERY_PATH in environment._j_stream_execution_environment.getConfiguration().toMap()
    for dataset in datasets:
        own_settings = settings if has_state or arguments.explain else job.without_state(dataset, settings)
        plan = attach(job, dataset, own_settings, table_environment, arguments.explain)
        if arguments.explain:
            print(plan)
        else:
            name_operators(environment, f"{job.name}:{dataset.name}", job.part_of)
    if not arguments.explain:
        job_id = str(environment.execute(job.name).get_job_id())
        log.event("job_submitted", job=job.name, job_id=job_id, datasets=[dataset.name for dataset in datasets])


def chosen_datasets(arguments: Arguments, settings: Settings) -> list[Stream]:
    """The datasets asked for, else all streams.

    Raises:
        ContractError: an unknown dataset, reference data, or a stream without ``silver.avsc`` or ``refine.sql``.
    """
    if arguments.datasets:
        return [load_stream(settings.schemas_dir, name) for name in arguments.datasets]
    return stream_datasets(settings.schemas_dir)


def attach(
    job: Job, dataset: Stream, settings: Settings, table_environment: StreamTableEnvironment, explain: bool
) -> str:
    """Adds one dataset's statements to the job, in a database of its own; returns the plan if asked."""
    table_environment.get_config().set("table.exec.state.ttl", f"{job.state_ttl_ms(dataset, settings)} ms")
    table_environment.execute_sql(f"CREATE DATABASE `{dataset.name}`")
    table_environment.use_database(dataset.name)
    register_functions(table_environment)
    statements = job.statements(dataset, settings)
    if not statements:
        return ""
    views = job.views(dataset)
    register_named(table_environment, [*statements, *views.values()])
    inserts = [statement for statement in statements if statement.startswith("INSERT")]
    for statement in statements:
        if statement not in inserts:
            table_environment.execute_sql(statement)
    for name, query in views.items():
        table_environment.create_temporary_view(name, table_environment.sql_query(query))
    job.before_inserts(dataset, settings)
    statement_set = table_environment.create_statement_set()
    for insert in inserts:
        statement_set.add_insert_sql(insert)
    if explain:
        return str(statement_set.explain())
    statement_set.attach_as_datastream()
    return ""


def is_application(environment: StreamExecutionEnvironment) -> bool:
    """Whether this program runs in the JobManager, in a cluster of its own (Application mode).

    There, after the JobManager's failure, the program runs again while its job is being recovered: Flink takes the
    two for the same.
    """
    cluster = environment._j_stream_execution_environment.getConfiguration().toMap()
    return str(cluster.get(EXECUTION_TARGET)) == "embedded"


def refuse_second_start(name: str, settings: Settings) -> None:
    """Two instances of a job would fence each other's transactions, so the second is refused."""
    job = FlinkClient(settings).live_job(name)
    if job is not None:
        raise TidegateError(
            f"the job {name} runs already ({job.state}, id {job.job_id}).",
            remedy=f"Stop it first with `tidegate stop {name}`.",
        )


def configuration(
    job: Job, arguments: Arguments, settings: Settings, environment: StreamExecutionEnvironment
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
        # Flink shows it with the job's configuration.
        "pipeline.global-job-parameters": f"tidegate.run-id:{settings.run_id}",
        **job.options,
    }
    # By `flink run --fromSavepoint` or the Kubernetes operator: who starts the job knows best.
    given = str(cluster.get(RECOVERY_PATH) or "")
    if not arguments.explain and not (given and arguments.recover_from == "latest"):
        path = recovery_path(job, arguments, settings, values[CHECKPOINT_DIR])
        if path:
            values |= {RECOVERY_PATH: path, IGNORE_UNCLAIMED: str(arguments.forget_removed).lower()}
    result = Configuration()
    for key, value in values.items():
        result.set_string(key, value)
    return result


def recovery_path(job: Job, arguments: Arguments, settings: Settings, folder: str) -> str | None:
    """The checkpoint or savepoint to go on from; None starts at the beginning of the topics."""
    if arguments.recover_from == "none":
        return None
    if arguments.recover_from != "latest":
        return arguments.recover_from
    states = [*_states(folder), *_states(f"{settings.savepoint_dir()}/{job.name}")]
    newest = max(states, default=None)
    if newest:
        return newest[1]
    if has_run_before(job.name, settings):
        raise TidegateError(
            f"{job.name} has run before, but no checkpoint of it is in {folder}.",
            remedy="Name one with --recover-from PATH; with none, everything is read and written a second time.",
        )
    return None


def has_run_before(name: str, settings: Settings) -> bool:
    """Whether a consumer group of the job has committed offsets, which Flink does at each checkpoint."""
    offsets = OffsetReader(settings, timeout_s=10)
    return any(offsets.committed(offsets.groups(f"tidegate-{name}-")).values())


def _states(folder: str) -> Iterator[tuple[int, str]]:
    """(modification time, path) of every complete checkpoint or savepoint up to two folders below."""
    jvm = get_gateway().jvm
    root = jvm.org.apache.flink.core.fs.Path(folder)
    file_system = root.getFileSystem()
    pending = [(root, 0)]
    while pending:
        path, depth = pending.pop()
        if not file_system.exists(path):
            continue
        for status in file_system.listStatus(path) or []:
            child = status.getPath()
            if status.isDir() and depth < 2:
                pending.append((child, depth + 1))
            elif child.getName() == "_metadata":
                yield int(status.getModificationTime()), str(child.getParent().toString())
