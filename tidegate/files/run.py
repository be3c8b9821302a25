"""A run: versions of files that are judged together and published in one commit, under an id that goes by what it does.

The same files under the same contract are the same run: who asks again goes on with it, or finds it done.
"""

import hashlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from tidegate.clients.file_version import FileVersion
from tidegate.contracts.dataset import Files
from tidegate.files.repairs import repairs_of
from tidegate.sql.file_to_read import FileToRead
from tidegate.sql.files import Judging, job_sql
from tidegate.sql.platform import Platform

RUN_ID = "tidegate.files-run"
"""Property of the snapshots that a run has published."""
BRANCHES = "files-"
"""What the branches of runs begin with."""
_ID_DIGITS = 16


@dataclass(frozen=True, slots=True)
class Run:
    """The versions to judge, by number."""

    dataset: str
    run_id: str
    files: tuple[FileVersion, ...]
    repairs: tuple[tuple[int, int], ...] = ()
    """Of versions that are replaced, with their numbers, those of the repair files that go with them."""

    @property
    def replaced(self) -> tuple[int, ...]:
        """The numbers of the versions whose rows go once these are published, ascending."""
        return self.replaced_by({each.number for each in self.files})

    def replaced_by(self, accepted: Collection[int]) -> tuple[int, ...]:
        """The same, where only these of its files are published."""
        gone = {each.replaces for each in self.files if each.number in accepted and each.replaces is not None}
        return tuple(sorted(gone | {repair for number, repair in self.repairs if number in gone}))

    @property
    def branch(self) -> str:
        """Of each of the lake's tables that it writes to."""
        return f"{BRANCHES}{self.run_id}"

    @property
    def mark(self) -> tuple[str, str]:
        """By which its commits are known."""
        return RUN_ID, self.run_id

    @property
    def judging(self) -> Judging:
        """What its job is told."""
        return Judging(self.dataset, self.branch, tuple(map(to_read, self.files)))


def run_of(
    dataset: Files,
    platform: Platform,
    files: Sequence[FileVersion],
    newest: Iterable[FileVersion] = (),
    run_id: str | None = None,
) -> Run:
    """``newest``: all versions, among them repair files; ``run_id``: of one that was begun under another contract, and
    is published.
    """
    repairs = repairs_of(newest, {each.replaces for each in files})
    found = Run(dataset.name, run_id or "", tuple(sorted(files, key=lambda each: each.number)), repairs)
    if run_id is not None:
        return found
    limits = dataset.file.thresholds.model_dump_json()  # by which rows are published that others repeat
    texts = "\n".join((*job_sql(dataset, platform, found.judging).texts, str(found.replaced), limits))
    return replace(found, run_id=hashlib.sha256(texts.encode()).hexdigest()[:_ID_DIGITS])


def to_read(version: FileVersion) -> FileToRead:
    """Its copy, under the number of the version and the supplier's name."""
    arrived_ms = int(version.modified_at.timestamp() * 1000)
    is_repair = version.repairs is not None
    return FileToRead(version.stored, version.size, arrived_ms, version.number, version.uri, is_repair)
