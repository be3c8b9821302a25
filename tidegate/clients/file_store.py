"""The store of the files that were taken in: each once, byte for byte, under the SHA-256 of its bytes.

The name is known only when all bytes have been read, unless a manifest tells the hash. So a file that is larger than
one part is sent under a name of its own, below ``.incoming``, and then gets its right one by the store itself, which
reads and writes it once more. Nobody ever sees half a file under a hash; what a killed command leaves,
:meth:`FileStore.sweep` takes away.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol
from uuid import uuid4

from boto3.s3.transfer import TransferConfig
from botocore.exceptions import ClientError

from tidegate.clients.landing import FILE_SCHEME
from tidegate.clients.s3 import SCHEME, Place, ensure_bucket, is_absent, open_s3, place_of, s3_errors
from tidegate.errors import TidegateError
from tidegate.settings import Settings, variable_of

INCOMING = ".incoming"
PART_BYTES = 8 * 1024 * 1024
"""Of this size are parts: so much of each file that is taken in is held in memory, a few times."""
MOST_PARTS = 10_000
"""Of one object."""
_MB = 1024 * 1024
_COPY = TransferConfig(multipart_threshold=256 * _MB, multipart_chunksize=128 * _MB, max_concurrency=4)


def part_bytes(size: int) -> int:
    """How large the parts of a file have to be."""
    return max(PART_BYTES, -(-size // MOST_PARTS))


class Copying(Protocol):
    """One file on its way into the store."""

    def write(self, part: bytes) -> None:
        """All parts but the last are as large as :func:`part_bytes` says."""

    def finish(self, name: str) -> str:
        """All bytes are there: gives them the name, and says the URI. Nothing happens if they are there already."""

    def abandon(self) -> None:
        """Leaves nothing behind, as far as that can be done now. After :meth:`finish` it does nothing."""


class FileStore(Protocol):
    """Where copies are kept."""

    def begin(self, name: str | None = None) -> Copying:
        """For one file; several may be on their way at once. ``name``: the only one that it may be finished under."""

    def sweep(self, before: datetime) -> int:
        """Takes away what was begun before, and not finished; how many files that were."""

    def remove(self, dataset: str) -> int:
        """Deletes the copies of a dataset's files, for good; how many there were."""


def name_of(dataset: str, sha256: str) -> str:
    """The name of a copy within the store."""
    return f"{dataset}/{sha256[:2]}/{sha256}"


def open_store(settings: Settings) -> FileStore:
    """The settings' store; its bucket or folder is made if it is missing.

    Raises:
        TidegateError: its address is none, or it refuses. TransientError: S3 is out of reach.
    """
    address = settings.files_store.rstrip("/")
    if address.startswith(f"{FILE_SCHEME}/"):
        return _Folder(Path(address.removeprefix(FILE_SCHEME)))
    place = place_of(address)
    if not address.startswith(SCHEME) or not place.bucket:
        raise TidegateError(
            f"{settings.files_store} is no store of files.",
            remedy=f"Set {variable_of('files_store')} to s3:// and a bucket's name, or to file:// and a folder.",
        )
    client = open_s3(settings)
    ensure_bucket(settings, client, place.bucket)
    return _Bucket(settings, client, place)


class _Bucket:
    """S3."""

    def __init__(self, settings: Settings, client: Any, root: Place) -> None:
        self.settings, self.client, self.root = settings, client, root

    def begin(self, name: str | None = None) -> Copying:
        return _Upload(self, self.root.below(name or f"{INCOMING}/{uuid4().hex}"))

    def sweep(self, before: datetime) -> int:
        where = {"Bucket": self.root.bucket, "Prefix": self.root.below("").key}
        swept = 0
        with s3_errors(self.settings, f"{self.root.uri}, what was left there"):
            for page in self.client.get_paginator("list_multipart_uploads").paginate(**where):
                for upload in page.get("Uploads", []):
                    if upload["Initiated"] < before:
                        self.client.abort_multipart_upload(
                            Bucket=self.root.bucket, Key=upload["Key"], UploadId=upload["UploadId"]
                        )
                        swept += 1
        return swept + self._delete(INCOMING, before)

    def remove(self, dataset: str) -> int:
        return self._delete(dataset)

    def _delete(self, folder: str, before: datetime | None = None) -> int:
        """What lies below it, of then or older; returns how many."""
        place, deleted = self.root.below(f"{folder}/"), 0
        with s3_errors(self.settings, place.uri):
            pages = self.client.get_paginator("list_objects_v2").paginate(Bucket=place.bucket, Prefix=place.key)
            for found in (found for page in pages for found in page.get("Contents", [])):
                if before is None or found["LastModified"] < before:
                    self.client.delete_object(Bucket=place.bucket, Key=found["Key"])
                    deleted += 1
        return deleted

    def has(self, place: Place, size: int) -> bool:
        """Whether so many bytes are there under a name, which is that of their hash."""
        with s3_errors(self.settings, place.uri):
            try:
                found = self.client.head_object(Bucket=place.bucket, Key=place.key)
            except ClientError as error:
                if is_absent(error):
                    return False
                raise
        return bool(found["ContentLength"] == size)


class _Upload:
    """A file of one part is put under its name at once; another one in several parts."""

    def __init__(self, store: _Bucket, place: Place) -> None:
        self._store, self._place = store, place
        self._where = {"Bucket": self._place.bucket, "Key": self._place.key}
        self._first: bytes | None = b""
        self._upload_id: str | None = None
        self._tags: list[str] = []
        self._size = 0

    def write(self, part: bytes) -> None:
        self._size += len(part)
        if self._first == b"":
            self._first = part
            return
        with s3_errors(self._store.settings, self._place.uri):
            if self._upload_id is None:
                self._upload_id = self._store.client.create_multipart_upload(**self._where)["UploadId"]
                self._send(self._first or b"")
                self._first = None
            self._send(part)

    def finish(self, name: str) -> str:
        place = self._store.root.below(name)
        if self._store.has(place, self._size):
            self.abandon()
            return place.uri
        with s3_errors(self._store.settings, place.uri):
            if self._upload_id is None:
                self._store.client.put_object(Bucket=place.bucket, Key=place.key, Body=self._first)
                return place.uri
            self._complete()
            self._rename(place)
        if not self._store.has(place, self._size):
            raise TidegateError(
                f"{place.uri} has not the bytes that were sent.", remedy="Try again; look at the store."
            )
        return place.uri

    def abandon(self) -> None:
        upload_id, self._upload_id, self._first = self._upload_id, None, None
        if upload_id is not None:
            with suppress(TidegateError), s3_errors(self._store.settings, self._place.uri):
                self._store.client.abort_multipart_upload(**self._where, UploadId=upload_id)

    def _send(self, part: bytes) -> None:
        answer = self._store.client.upload_part(
            **self._where, UploadId=self._upload_id, PartNumber=len(self._tags) + 1, Body=part
        )
        self._tags.append(answer["ETag"])

    def _complete(self) -> None:
        parts = [{"PartNumber": number, "ETag": tag} for number, tag in enumerate(self._tags, 1)]
        self._store.client.complete_multipart_upload(
            **self._where, UploadId=self._upload_id, MultipartUpload={"Parts": parts}
        )
        self._upload_id = None

    def _rename(self, place: Place) -> None:
        if place != self._place:
            self._store.client.copy(dict(self._where), place.bucket, place.key, Config=_COPY)
            self._store.client.delete_object(**self._where)


class _Folder:
    """A folder, such as one that all machines of a cluster share."""

    def __init__(self, root: Path) -> None:
        self.root = root
        with _disk_errors(root):
            (root / INCOMING).mkdir(parents=True, exist_ok=True)

    def begin(self, name: str | None = None) -> Copying:
        return _FolderCopy(self.root)

    def sweep(self, before: datetime) -> int:
        with _disk_errors(self.root):
            old = [path for path in (self.root / INCOMING).iterdir() if path.stat().st_mtime < before.timestamp()]
            for path in old:
                path.unlink(missing_ok=True)
        return len(old)

    def remove(self, dataset: str) -> int:
        with _disk_errors(self.root):
            copies = [path for path in (self.root / dataset).rglob("*") if path.is_file()]
            if copies:
                shutil.rmtree(self.root / dataset)
        return len(copies)


class _FolderCopy:
    """A file gets its name by being renamed, once its bytes are on the disk."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._draft = root / INCOMING / uuid4().hex
        with _disk_errors(root):
            self._opened = self._draft.open("xb")

    def write(self, part: bytes) -> None:
        with _disk_errors(self._root):
            self._opened.write(part)

    def finish(self, name: str) -> str:
        path = self._root / name
        with _disk_errors(self._root):
            self._opened.flush()
            os.fsync(self._opened.fileno())
            self._opened.close()
            path.parent.mkdir(parents=True, exist_ok=True)
            self._draft.replace(path)
        return f"{FILE_SCHEME}{path.as_posix()}"

    def abandon(self) -> None:
        with suppress(OSError):
            self._opened.close()
            self._draft.unlink(missing_ok=True)


@contextmanager
def _disk_errors(root: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise TidegateError(
            f"the store of files at {root} can't be written: {error.strerror or type(error).__name__}.",
            remedy=f"See its disk, or set {variable_of('files_store')} to another place. What is there already stays.",
        ) from error
