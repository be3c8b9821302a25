"""Checkpoints and savepoints as Flink's file systems hold them: where they are, of when, and what they hold."""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any

from py4j.protocol import Py4JJavaError  # type: ignore[import-untyped]
from pyflink.java_gateway import get_gateway

from tidegate.errors import TidegateError

METADATA = "_metadata"
STARTS, JOINED = "starts", "joined"
"""Folders among a job's checkpoints that are none: what starts began with, and states that were put together."""


def states(folder: str) -> Iterator[tuple[int, str]]:
    """(modification time in ms, path) of every complete checkpoint or savepoint up to two folders below.

    A state's own folder, which may have a hundred files, is not listed: each is a question to another process.
    """
    root, file_system = _opened(folder)
    pending = [(root, 0)]
    while pending:
        path, depth = pending.pop()
        written_ms = _modified_ms(file_system, f"{path.toString()}/{METADATA}")
        if written_ms is not None:
            yield written_ms, str(path.toString())
        elif depth < 2 and file_system.exists(path):
            for status in file_system.listStatus(path) or []:
                child = status.getPath()
                if status.isDir() and child.getName() not in (STARTS, JOINED):
                    pending.append((child, depth + 1))


def _modified_ms(file_system: Any, file: str) -> int | None:
    """None if it is not there, or has gone meanwhile, as a running job's do."""
    path, _ = _opened(file)
    try:
        return int(file_system.getFileStatus(path).getModificationTime()) if file_system.exists(path) else None
    except Py4JJavaError:
        if file_system.exists(path):
            raise
        return None


def written_at_ms(state: str) -> int:
    """When a checkpoint or savepoint was completed.

    Raises:
        TidegateError: it cannot be read.
    """
    try:
        path, file_system = _opened(_metadata_of(state))
        return int(file_system.getFileStatus(path).getModificationTime())
    except Py4JJavaError as error:
        raise _unreadable(state) from error


def uids_in(state: str) -> frozenset[str]:
    """The uids of all operators that a checkpoint or savepoint has a state of, an empty one too.

    Raises:
        TidegateError: it cannot be read.
    """
    return contents_of(state)[0]


@lru_cache(maxsize=16)
def contents_of(state: str) -> tuple[frozenset[str], int]:
    """The same uids, and the number of the checkpoint; read once, as a complete state never changes.

    Raises:
        TidegateError: it cannot be read.
    """
    metadata = load(state)
    uids = frozenset(str(each.getOperatorUid().orElse("")) for each in metadata.getOperatorStates())
    return uids, int(metadata.getCheckpointId())


def load(state: str) -> Any:
    """Flink's own ``CheckpointMetadata`` of a checkpoint or savepoint.

    Raises:
        TidegateError: it cannot be read.
    """
    jvm = get_gateway().jvm
    try:
        path, file_system = _opened(_metadata_of(state))
        stream = jvm.java.io.DataInputStream(file_system.open(path))
        try:
            loader = jvm.java.lang.Thread.currentThread().getContextClassLoader()
            # By the path that Flink itself would write: files of a state are named relative to its folder.
            folder = str(path.getParent().toString())
            return jvm.org.apache.flink.runtime.checkpoint.Checkpoints.loadCheckpointMetadata(stream, loader, folder)
        finally:
            stream.close()
    except Py4JJavaError as error:
        raise _unreadable(state) from error


def mentions(state: str, texts: Iterable[str]) -> bool:
    """Whether one of the texts, as each operator's uid is written, is somewhere in the metadata of a state.

    Raises:
        TidegateError: it cannot be read.
    """
    try:
        path, file_system = _opened(_metadata_of(state))
        stream = file_system.open(path)
        try:
            content = bytes(stream.readAllBytes())
        finally:
            stream.close()
    except Py4JJavaError as error:
        raise _unreadable(state) from error
    return any(text.encode() in content for text in texts)


def exists(state: str) -> bool:
    """Whether a checkpoint or savepoint is there."""
    path, file_system = _opened(_metadata_of(state))
    return bool(file_system.exists(path))


def folders(root: str) -> list[str]:
    """The names of the folders in one."""
    path, file_system = _opened(root)
    if not file_system.exists(path):
        return []
    return [str(each.getPath().getName()) for each in file_system.listStatus(path) or [] if each.isDir()]


def read_texts(folder: str) -> dict[str, str]:
    """The text files of a folder by name; none if there is no such folder."""
    root, file_system = _opened(folder)
    if not file_system.exists(root):
        return {}
    texts = {}
    for status in file_system.listStatus(root) or []:
        stream = file_system.open(status.getPath())
        try:
            texts[str(status.getPath().getName())] = bytes(stream.readAllBytes()).decode()
        finally:
            stream.close()
    return texts


def write_text(folder: str, name: str, text: str) -> None:
    """One text file, whole or not at all where the file system has it so."""
    stream = new_file(f"{folder}/{name}")
    try:
        stream.write(text.encode())
    finally:
        stream.close()


def new_file(place: str) -> Any:
    """A Java stream into a file, which is there once the stream is closed; one that is there already is replaced."""
    jvm = get_gateway().jvm
    path, file_system = _opened(place)
    return file_system.create(path, jvm.org.apache.flink.core.fs.FileSystem.WriteMode.OVERWRITE)


def _metadata_of(state: str) -> str:
    return state if state.endswith(f"/{METADATA}") else f"{state.rstrip('/')}/{METADATA}"


def _opened(place: str) -> tuple[Any, Any]:
    path = get_gateway().jvm.org.apache.flink.core.fs.Path(place)
    return path, path.getFileSystem()


def _unreadable(state: str) -> TidegateError:
    return TidegateError(
        f"the state {state} cannot be read.",
        remedy="Give the path of a folder with a file _metadata, as `tidegate stop` and Flink print it.",
    )
