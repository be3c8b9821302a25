"""One state out of those that the datasets of a job go on from: what it holds of others is left out.

Only the metadata is written: it points to the files of the states that it is made of, by their whole paths. They have
to stay until the first checkpoint of the job that goes on from it, which copies what it needs.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from pyflink.java_gateway import get_gateway

from flink_jobs.job import StateFacts
from flink_jobs.state import JOINED, METADATA, load, new_file
from flink_jobs.uids import dataset_of, is_of, silver_version
from tidegate.clock import now_ms
from tidegate.contracts import naming
from tidegate.errors import TidegateError

_FILE, _IN_PLACE = "RelativeFileStateHandle", ("FileStateHandle", "ByteStreamStateHandle")
_WHOLE_KEYED = ("KeyGroupsStateHandle", "KeyGroupsSavepointStateHandle")


def state_of(job: str, versions: Mapping[str, int], origins: Mapping[str, StateFacts], folder: str) -> str | None:
    """The state that a job of some datasets goes on from: one that is there, or one that is put together.

    ``versions``: by dataset, that of silver's topic which the job reads. ``folder``: that of the job's checkpoints.
    None if no dataset has a state.
    """
    states = {dataset: origins[dataset] for dataset in versions if dataset in origins}
    wanted = wanted_uids(job, versions, states)
    if not wanted:
        return None
    return next(iter(wanted)) if is_whole(job, wanted, states) else join(job, wanted, f"{folder}/{JOINED}/{now_ms()}")


def wanted_uids(job: str, versions: Mapping[str, int], origins: Mapping[str, StateFacts]) -> dict[str, frozenset[str]]:
    """By the path of each state, the uids of the datasets that go on from it.

    Where a source of silver's topic was in another version of it is left behind: the job has no such source any more.
    """
    wanted: dict[str, frozenset[str]] = {}
    for dataset, version in versions.items():
        if (state := origins.get(dataset)) is not None:
            prefix = naming.operator_prefix(job, dataset)
            ours = (None, version)
            mine = frozenset(uid for uid in state.uids if is_of(uid, prefix) and silver_version(uid) in ours)
            wanted[state.path] = wanted.get(state.path, frozenset()) | mine
    return wanted


def is_whole(job: str, wanted: Mapping[str, Collection[str]], origins: Mapping[str, StateFacts]) -> bool:
    """Whether it is one state that holds nothing that is not wanted: then it can be gone on from as it is."""
    if len(wanted) != 1:
        return False
    (uids,) = wanted.values()
    return all(uid in uids for state in origins.values() for uid in state.uids if dataset_of(uid, job))


def join(job: str, wanted: Mapping[str, Collection[str]], target: str) -> str:
    """Writes a state that has the wanted operators of each; returns its folder.

    Its number is the largest of theirs: transactions and commits of the lake are named by numbers that only grow.

    Raises:
        TidegateError: a state has parts that are not in files of their own, or that may be of any dataset.
    """
    jvm = get_gateway().jvm
    operators = jvm.java.util.ArrayList()
    numbers = []
    for path, uids in wanted.items():
        metadata = load(path)
        numbers.append(int(metadata.getCheckpointId()))
        for operator in metadata.getOperatorStates():
            uid = str(operator.getOperatorUid().orElse(""))
            if uid in uids:
                _point_to_whole_paths(operator, path)
                operators.add(operator)
            elif dataset_of(uid, job) is None and int(operator.getStateSize()) > 0:
                raise _immovable(f"that of {operator.getOperatorName().orElse(uid)} is of no dataset")
    runtime = jvm.org.apache.flink.runtime.checkpoint
    joined = runtime.metadata.CheckpointMetadata(max(numbers), operators, jvm.java.util.ArrayList())
    stream = new_file(f"{target}/{METADATA}")
    try:
        runtime.Checkpoints.storeCheckpointMetadata(joined, stream)
    finally:
        stream.close()
    return target


def _point_to_whole_paths(operator: Any, path: str) -> None:
    """Of an operator's state, in place; a savepoint's own files are named relative to it."""
    if operator.isFullyFinished():
        return
    collection = get_gateway().jvm.org.apache.flink.runtime.checkpoint.StateObjectCollection
    for number in list(operator.getSubtaskStates().keySet()):
        state = operator.getState(number)
        _refuse(path, [*_each(state.getInputChannelState()), *_each(state.getResultSubpartitionState())])
        builder = state.toBuilder()
        builder.setManagedOperatorState(collection(_listed(map(_operator, _each(state.getManagedOperatorState())))))
        builder.setRawOperatorState(collection(_listed(map(_operator, _each(state.getRawOperatorState())))))
        builder.setManagedKeyedState(collection(_listed(map(_keyed, _each(state.getManagedKeyedState())))))
        builder.setRawKeyedState(collection(_listed(map(_keyed, _each(state.getRawKeyedState())))))
        operator.putState(number, builder.build())


def _operator(handle: Any) -> Any:
    if _kind(handle) != "OperatorStreamStateHandle":
        raise _immovable(_kind(handle))
    made = get_gateway().jvm.org.apache.flink.runtime.state.OperatorStreamStateHandle
    return made(handle.getStateNameToPartitionOffsets(), _file(handle.getDelegateStateHandle()))


def _keyed(handle: Any) -> Any:
    kinds = get_gateway().jvm.org.apache.flink.runtime.state
    if _kind(handle) in _WHOLE_KEYED:
        made = getattr(kinds, _kind(handle))
        return made(handle.getGroupRangeOffsets(), _file(handle.getDelegateStateHandle()))
    if _kind(handle) != "IncrementalRemoteKeyedStateHandle":
        raise _immovable(_kind(handle))
    for part in [*handle.getSharedState(), *handle.getPrivateState()]:
        part.replaceHandle(_file(part.getHandle()))
    return kinds.IncrementalRemoteKeyedStateHandle(
        handle.getBackendIdentifier(),
        handle.getKeyGroupRange(),
        handle.getCheckpointId(),
        handle.getSharedState(),
        handle.getPrivateState(),
        _file(handle.getMetaDataStateHandle()),
    )


def _file(handle: Any) -> Any:
    """The same file, by its whole path."""
    if _kind(handle) == _FILE:
        made = get_gateway().jvm.org.apache.flink.runtime.state.filesystem.FileStateHandle
        return made(handle.getFilePath(), handle.getStateSize())
    if _kind(handle) in _IN_PLACE:
        return handle
    raise _immovable(_kind(handle))


def _refuse(path: str, in_flight: Sequence[Any]) -> None:
    if in_flight:
        raise _immovable(f"records under way (an unaligned checkpoint) of {path}")


def _each(collection: Any) -> Iterator[Any]:
    return iter(list(collection.asList()))


def _listed(values: Iterator[Any]) -> Any:
    result = get_gateway().jvm.java.util.ArrayList()
    for value in values:
        result.add(value)
    return result


def _kind(handle: Any) -> str:
    return str(handle.getClass().getSimpleName())


def _immovable(what: str) -> TidegateError:
    return TidegateError(
        f"state can't be moved to another job: {what}.",
        remedy="Start its datasets as they ran, and stop them with `tidegate stop`: a savepoint can be moved.",
    )
