"""The state that a job goes on from: the newest of its checkpoints and savepoints, unless a start names another."""

from collections.abc import Iterator

from pyflink.java_gateway import get_gateway

from flink_jobs.job import Arguments, Job
from tidegate.clients.kafka_offsets import OffsetReader
from tidegate.contracts import naming
from tidegate.errors import TidegateError
from tidegate.settings import Settings

CHECKPOINT_DIR = "execution.checkpointing.dir"
RECOVERY_PATH = "execution.state-recovery.path"
IGNORE_UNCLAIMED = "execution.state-recovery.ignore-unclaimed-state"


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
    return any(offsets.committed(offsets.groups(naming.group_prefix(name))).values())


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
