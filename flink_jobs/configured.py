"""A job's part of Flink's configuration, and what of the cluster's it takes over."""

from collections.abc import Mapping

from pyflink.common import Configuration
from pyflink.datastream import StreamExecutionEnvironment

from flink_jobs.job import Arguments, Job
from flink_jobs.recovery import CHECKPOINT_DIR, CLAIM_MODE, IGNORE_UNCLAIMED, RECOVERY_PATH, Places
from tidegate.errors import TidegateError
from tidegate.settings import Settings

EXECUTION_TARGET = "execution.target"


def is_application(environment: StreamExecutionEnvironment) -> bool:
    """Whether this program runs in the JobManager, in a cluster of its own (Application mode).

    There, after the JobManager's failure, the program runs again while its job is being recovered: Flink takes the
    two for the same.
    """
    cluster = environment._j_stream_execution_environment.getConfiguration().toMap()
    return str(cluster.get(EXECUTION_TARGET)) == "embedded"


def places_of(environment: StreamExecutionEnvironment, settings: Settings, arguments: Arguments) -> Places:
    """Where states are, by the cluster's own configuration and the settings.

    Raises:
        TidegateError: Flink has no folder for checkpoints.
    """
    cluster = environment._j_stream_execution_environment.getConfiguration().toMap()
    folder = str(cluster.get(CHECKPOINT_DIR) or "")
    if not folder and not arguments.explain:
        raise TidegateError(
            f"Flink has no {CHECKPOINT_DIR}.",
            remedy="Set it in Flink's config.yaml, e.g. to a file or S3 path.",
        )
    return Places(folder.rstrip("/"), settings.savepoint_dir().rstrip("/"), str(cluster.get(RECOVERY_PATH) or ""))


def configuration(job: Job, name: str, settings: Settings, places: Places) -> Configuration:
    """The options of a job whatever it goes on from; ``name`` is its name in Flink."""
    values = {
        "pipeline.object-reuse": "true",
        "parallelism.default": str(settings.parallelism),
        "execution.checkpointing.interval": f"{int(job.checkpoint_interval_s(settings) * 1000)} ms",
        "execution.checkpointing.mode": "EXACTLY_ONCE",
        CHECKPOINT_DIR: places.of(name)[0],
        "table.local-time-zone": "UTC",
        "table.optimizer.reuse-optimize-block-with-digest-enabled": "true",
        # By itself a source that reads tables of the lake has a subtask for each 128 MB, up to a hundred.
        "table.exec.iceberg.infer-source-parallelism.max": str(settings.parallelism),
        **job.options,
    }
    return configuration_of(values)


def recovery(path: str | None, places: Places, arguments: Arguments) -> Configuration:
    """The state that the job as a whole goes on from; who gave one has said what else goes with it."""
    if path is None or path == places.given:
        return Configuration()
    return configuration_of(
        {
            RECOVERY_PATH: path,
            IGNORE_UNCLAIMED: str(arguments.forget_removed).lower(),
            CLAIM_MODE: "NO_CLAIM",  # a state that is made of others owns none of their files
        }
    )


def configuration_of(values: Mapping[str, str]) -> Configuration:
    """Flink's form of options by key."""
    result = Configuration()
    for key, value in values.items():
        result.set_string(key, value)
    return result
