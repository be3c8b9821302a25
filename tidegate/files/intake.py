"""Files go into the store: each is read once, hashed and looked at while it is copied, several at a time.

A file that is not the same when it has been read is not taken in: it is looked at again the next time. A command that
is killed leaves nothing under a file's hash but the whole file, and what was copied is found by its hash the next time.
"""

import hashlib
from collections import deque
from collections.abc import Generator, Iterable, Mapping
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date
from threading import Event

from tidegate.ahead import made_ahead
from tidegate.clients.file_store import Copying, FileStore, name_of, part_bytes
from tidegate.clients.landing import FileChangedError, Landing, Listed, UnreadableFileError
from tidegate.contracts.file_section import FileSection
from tidegate.files.checks import Source, file_fault
from tidegate.files.manifest import Promised, broken_promise
from tidegate.files.parquet_footer import Footer, read_footer
from tidegate.files.versions import Copy

AT_ONCE = 4
"""Files that are copied at the same time. Each has a few parts in memory (``file_store.PART_BYTES``)."""
_BREAKS = frozenset("\t\n\r")
"""What stands between the files that a job is told to read: in a name, no job of its load could ever begin."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A file to copy, of a date; ``promised``: what a manifest says of it."""

    listed: Listed
    day: date
    promised: Promised | None = None


@dataclass(frozen=True, slots=True)
class Left:
    """A file that was not copied, and why, in one line; the next time it is looked at again."""

    listed: Listed
    day: date
    reason: str


@dataclass(frozen=True, slots=True)
class Intake:
    """Where files of one dataset come from and go to."""

    dataset: str
    section: FileSection
    landing: Landing
    store: FileStore
    stopped: Event = field(default_factory=Event)
    """Nobody takes the files any more: those that are on their way, which may be large, are given up."""

    def copies(self, wanted: Iterable[Wanted]) -> Generator[Copy | Left, None, None]:
        """In the order in which they are given, as they are done.

        Raises:
            TransientError, TidegateError: a server is out of reach, or refuses. What is on its way is given up.
        """
        waiting: deque[Future[Copy | Left]] = deque()
        self.stopped.clear()
        with ThreadPoolExecutor(AT_ONCE) as pool:
            try:
                for each in wanted:
                    waiting.append(pool.submit(self._copy_or_leave, each))
                    if len(waiting) >= 2 * AT_ONCE:
                        yield waiting.popleft().result()
                while waiting:
                    yield waiting.popleft().result()
            finally:
                self.stopped.set()
                pool.shutdown(wait=True, cancel_futures=True)

    def copy(self, wanted: Wanted) -> Copy:
        """One file.

        Raises:
            FileChangedError, UnreadableFileError: it is not the same any more, or can't be read.
            TransientError, TidegateError: S3 can't be read, or the store can't be written.
        """
        if (fault := _fault_of_name(wanted.listed.uri)) is not None:
            raise UnreadableFileError(f"the name of {wanted.listed.uri!r} {fault}.", remedy="Have it called otherwise.")
        sha256 = wanted.promised.sha256 if wanted.promised else None
        name = None if sha256 is None else name_of(self.dataset, sha256)
        copy = self._begin(wanted, name)
        if copy is None:  # its hash is another than its manifest says
            copy = self._begin(wanted, None)
        assert copy is not None, "without a name it may be finished under any"
        return copy

    def _begin(self, wanted: Wanted, name: str | None) -> Copy | None:
        """None if the file may not be called so."""
        copying = self.store.begin(name)
        try:
            return self._through(wanted, copying, name)
        finally:
            copying.abandon()  # nothing, once it is finished

    def _through(self, wanted: Wanted, copying: Copying, name: str | None) -> Copy | None:
        listed, sha256 = wanted.listed, hashlib.sha256()
        with closing(self._chunks(listed, copying, sha256)) as chunks:
            source = Source(chunks)
            found = read_footer(source) if self.section.is_parquet else Footer(file_fault(source, self.section))
        if not listed.is_same(self.landing.look(listed.uri)):
            raise FileChangedError(
                f"{listed.uri} was changed while it was read.", remedy="It is looked at again the next time."
            )
        digest = sha256.hexdigest()
        if name not in (None, name_of(self.dataset, digest)):
            return None
        stored = copying.finish(name_of(self.dataset, digest))
        promised = wanted.promised or Promised(listed.name)
        fault = broken_promise(promised, listed.size, digest, found.rows) or found.fault
        return Copy(listed, wanted.day, digest, stored, fault, promised.rows if found.rows is None else found.rows)

    def _chunks(self, listed: Listed, copying: Copying, sha256: "hashlib._Hash") -> Generator[bytes, None, None]:
        """While one is hashed, sent and unpacked, the next ones of a large file are read."""
        chunk_bytes = part_bytes(listed.size)
        read = self.landing.chunks(listed, chunk_bytes)
        with closing(made_ahead(read) if listed.size > chunk_bytes else read) as chunks:
            for chunk in chunks:
                if self.stopped.is_set():
                    raise CancelledError
                sha256.update(chunk)
                copying.write(chunk)
                yield chunk

    def _copy_or_leave(self, wanted: Wanted) -> Copy | Left:
        """What is wrong with one file does not keep the others; what is wrong with a server ends everything."""
        try:
            return self.copy(wanted)
        except (FileChangedError, UnreadableFileError) as error:
            return Left(wanted.listed, wanted.day, error.problem.rstrip("."))


def _fault_of_name(uri: str) -> str | None:
    if set(uri) & _BREAKS:
        return "has a tab or a line break in it"
    try:
        uri.encode()
    except UnicodeEncodeError:  # the lake could not note it, nor any other file that is noted with it
        return "is not in UTF-8"
    return None


def wanted_files(files: Iterable[Listed], day: date, promised: Mapping[str, Promised]) -> list[Wanted]:
    """Of a date."""
    return [Wanted(listed, day, promised.get(listed.uri)) for listed in files]
