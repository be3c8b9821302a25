"""Where a lake table's files lie: listed as they are, whatever the table's metadata says, and deleted."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from pyarrow.fs import FileSelector, FileType
from pyiceberg.io.pyarrow import PyArrowFileIO
from pyiceberg.table import Table

from tidegate.clients.s3 import SCHEME, open_s3, place_of, s3_errors
from tidegate.errors import TidegateError
from tidegate.settings import Settings

_AT_ONCE = 1000
"""As many as S3 deletes by one request."""


@dataclass(frozen=True, slots=True)
class StoredFile:
    """``path`` without a scheme, as :func:`plain_path` gives it; ``modified_ms`` since 1970."""

    path: str
    bytes: int
    modified_ms: int


def plain_path(location: str) -> str:
    """A location without its scheme: ``s3://`` and ``s3a://`` name the same file."""
    _, scheme, path = location.rpartition("://")
    return path if scheme else location.removeprefix("file:")


def stored_files(table: Table) -> Iterator[StoredFile]:
    """All files below the table's location."""
    scheme, netloc, _ = PyArrowFileIO.parse_location(table.location())
    assert isinstance(table.io, PyArrowFileIO)
    files = table.io.fs_by_scheme(scheme, netloc)
    for found in files.get_file_info(FileSelector(plain_path(table.location()), recursive=True, allow_not_found=True)):
        if found.type == FileType.File:
            yield StoredFile(found.path, found.size or 0, (found.mtime_ns or 0) // 1_000_000)


def delete_files(settings: Settings, table: Table, paths: Sequence[str]) -> int:
    """Deletes files of the table, by their location or plain path; one that is gone already counts too.

    Raises:
        TransientError: S3 is out of reach. TidegateError: it refuses one; names the first. What is deleted stays so.
    """
    if not table.location().startswith("s3"):
        for path in paths:
            _delete_here(table, plain_path(path))
        return len(paths)
    client, bucket = open_s3(settings), place_of(f"{SCHEME}{plain_path(table.location())}").bucket
    keys = [plain_path(path).removeprefix(f"{bucket}/") for path in paths]
    for start in range(0, len(keys), _AT_ONCE):
        with s3_errors(settings, f"files of {'.'.join(table.name())}"):
            _delete_there(client, bucket, keys[start : start + _AT_ONCE])
    return len(paths)


def _delete_here(table: Table, path: str) -> None:
    try:
        table.io.delete(path)
    except FileNotFoundError:
        return


def _delete_there(client: Any, bucket: str, keys: Sequence[str]) -> None:
    asked = {"Objects": [{"Key": key} for key in keys], "Quiet": True}
    refused = client.delete_objects(Bucket=bucket, Delete=asked).get("Errors", [])
    if refused:
        raise TidegateError(
            f"S3 does not delete {refused[0].get('Key')}: {refused[0].get('Message')}.",
            remedy="See that the keys of TIDEGATE_S3_ACCESS_KEY may delete; then type it again.",
        )
