"""Where suppliers put their files, a bucket of S3 or a folder: which files there are, and their bytes.

A file is the same as long as its size and etag are. S3 makes etags; that of a file in a folder is made of its inode and
of its times of change, to the nanosecond.
"""

import errno
import os
import stat
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from botocore.exceptions import BotoCoreError, ClientError

from tidegate.clients.s3 import SCHEME, is_absent, is_another, open_s3, place_of, s3_errors
from tidegate.errors import TidegateError
from tidegate.settings import Settings

FILE_SCHEME = "file://"
_ATTEMPTS = 3


@dataclass(frozen=True, slots=True)
class Listed:
    """A file as it is in a listing: bytes, time of modification (ms since 1970), and what changes with its content."""

    uri: str
    size: int
    modified_ms: int
    etag: str

    @property
    def name(self) -> str:
        """The last segment."""
        return self.uri.rpartition("/")[2]

    def is_same(self, other: "Listed | None") -> bool:
        """Whether nobody has changed it in between, as far as can be told without reading it."""
        return other is not None and (self.uri, self.size, self.etag) == (other.uri, other.size, other.etag)


class FileChangedError(TidegateError):
    """A file is not, or no more, what was listed."""


class UnreadableFileError(TidegateError):
    """A file or folder may not be read, or its disk fails."""


class Landing(Protocol):
    """A place where files arrive."""

    def below(self, prefix: str) -> Iterator[Listed]:
        """The files whose URIs begin with ``prefix``, in any order."""

    def look(self, uri: str) -> Listed | None:
        """One file as it is now; None if it is not there.

        Raises:
            UnreadableFileError: a folder may not be looked into. TransientError, TidegateError: S3.
        """

    def chunks(self, listed: Listed, chunk_bytes: int) -> Generator[bytes, None, None]:
        """Its bytes, in pieces of ``chunk_bytes`` but for the last.

        Raises:
            FileChangedError: they are not those of the file that was listed, as far as is seen while they are read.
            UnreadableFileError: a file of a folder can't be read. TransientError, TidegateError: S3.
        """


def root_for(uri: str) -> str:
    """The root of all files that are where this one is: in buckets, or on this machine."""
    return SCHEME if uri.startswith(SCHEME) else f"{FILE_SCHEME}/"


def open_landing(settings: Settings, root: str) -> Landing:
    """For files whose URIs begin with ``root``.

    Raises:
        TidegateError: the folder of ``root`` is not there; later, for S3 too, that a place may not be read.
        TransientError: S3 is out of reach.
    """
    if root.startswith(SCHEME):
        return _Bucket(settings)
    folder = _path(root.rpartition("/")[0])
    with _file_errors(folder):
        is_there = folder.is_dir()
    if not is_there:
        raise TidegateError(f"{folder} is no folder.", remedy="Make it, or correct file.pattern of the contract.")
    return _Folder()


class _Bucket:
    """S3."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._client = open_s3(settings)

    def below(self, prefix: str) -> Iterator[Listed]:
        place = place_of(prefix)
        with s3_errors(self._settings, prefix):
            pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=place.bucket, Prefix=place.key)
            for page in pages:
                for found in page.get("Contents", []):
                    uri = f"{SCHEME}{place.bucket}/{found['Key']}"
                    yield Listed(uri, found["Size"], _milliseconds(found["LastModified"]), _etag(found))

    def look(self, uri: str) -> Listed | None:
        place = place_of(uri)
        with s3_errors(self._settings, uri):
            try:
                found = self._client.head_object(Bucket=place.bucket, Key=place.key)
            except ClientError as error:
                if is_absent(error):
                    return None
                raise
        return Listed(uri, found["ContentLength"], _milliseconds(found["LastModified"]), _etag(found))

    def chunks(self, listed: Listed, chunk_bytes: int) -> Generator[bytes, None, None]:
        for start in range(0, listed.size, chunk_bytes):
            chunk = self._range(listed, start, min(start + chunk_bytes, listed.size))
            if len(chunk) != min(chunk_bytes, listed.size - start):
                raise _changed(listed, "became shorter")
            yield chunk

    def _range(self, listed: Listed, start: int, end: int) -> bytes:
        """A connection that breaks in the middle of an answer is not asked again by boto3."""
        place = place_of(listed.uri)
        options = {"Bucket": place.bucket, "Key": place.key, "IfMatch": f'"{listed.etag}"'}
        for attempt in range(1, _ATTEMPTS + 1):
            with s3_errors(self._settings, listed.uri):
                try:
                    answer = self._client.get_object(**options, Range=f"bytes={start}-{end - 1}")
                    return bytes(answer["Body"].read())
                except ClientError as error:
                    if is_another(error):
                        raise _changed(listed, "was replaced or removed") from error
                    raise
                except (BotoCoreError, OSError):
                    if attempt == _ATTEMPTS:
                        raise
        raise AssertionError("the last attempt returns or raises")


class _Folder:
    """This machine's files, or those of a disk that it shares; a link is what it leads to."""

    def below(self, prefix: str) -> Iterator[Listed]:
        root = _path(prefix.rpartition("/")[0])
        with _file_errors(root):
            if not root.is_dir():
                return
            above = frozenset(_identity(folder) for folder in root.resolve().parents)
            for path in _paths(root, prefix, above):
                if (listed := self.look(f"{FILE_SCHEME}{path}")) is not None:
                    yield listed

    def look(self, uri: str) -> Listed | None:
        path = _path(uri)
        try:
            return _listed(uri, path.stat())
        except OSError as error:
            if isinstance(error, FileNotFoundError | NotADirectoryError) or error.errno == errno.ELOOP:
                return None
            raise _unreadable(path, error) from error

    def chunks(self, listed: Listed, chunk_bytes: int) -> Generator[bytes, None, None]:
        path = _path(listed.uri)
        left = listed.size
        try:
            opened = path.open("rb")
        except FileNotFoundError as error:
            raise _changed(listed, "was removed") from error
        except OSError as error:
            raise _unreadable(path, error) from error
        with opened, _file_errors(path):
            while left > 0:
                chunk = opened.read(min(chunk_bytes, left))
                if not chunk:
                    raise _changed(listed, "became shorter")
                left -= len(chunk)
                yield chunk


def _changed(listed: Listed, what: str) -> FileChangedError:
    return FileChangedError(f"{listed.uri} {what} while it was read.", remedy="It is looked at again the next time.")


def _path(uri: str) -> Path:
    return Path(uri.removeprefix(FILE_SCHEME) or "/")


def _listed(uri: str, found: os.stat_result) -> Listed | None:
    if not stat.S_ISREG(found.st_mode):
        return None
    etag = f"{found.st_ino:x}-{found.st_mtime_ns:x}-{found.st_ctime_ns:x}"
    return Listed(uri, found.st_size, found.st_mtime_ns // 1_000_000, etag)


@contextmanager
def _file_errors(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise _unreadable(path, error) from error


def _unreadable(path: Path, error: OSError) -> UnreadableFileError:
    return UnreadableFileError(
        f"{error.filename or path} can't be read: {error.strerror or type(error).__name__}.",
        remedy="See that the user of this command may read the folder and its files, and that its disk is there.",
    )


def _paths(folder: Path, prefix: str, above: frozenset[tuple[int, int]]) -> Iterator[str]:
    """What lies below a folder and begins with ``prefix``. Links are followed, but none to a folder that it lies in."""
    here = _identity(folder)
    if here in above:
        return
    for each in sorted(os.scandir(folder), key=lambda each: each.name):
        is_folder = _is_folder(each)
        if not f"{FILE_SCHEME}{each.path}{'/' if is_folder else ''}".startswith(prefix):
            continue
        if is_folder:
            yield from _paths(Path(each.path), prefix, above | {here})
        else:
            yield each.path


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link that leads nowhere
        return False


def _identity(folder: Path) -> tuple[int, int]:
    found = folder.stat()
    return found.st_dev, found.st_ino


def _milliseconds(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)


def _etag(found: dict[str, Any]) -> str:
    return str(found.get("ETag", "")).strip('"')
