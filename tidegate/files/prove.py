"""The proof of loaded files: each row of each is in silver, a dead letter, dropped or a duplicate, once.

Files that a load is at work on are left out, and those whose place they take. What is noted of files is read before and
after: where a load has changed it meanwhile, all is looked at again.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from tidegate.clients.file_version import FileVersion
from tidegate.clients.file_versions import read_versions
from tidegate.contracts.dataset import Files
from tidegate.errors import TidegateError, TransientError
from tidegate.files.closer import Sums
from tidegate.files.copies import faults_of_copies
from tidegate.files.pieces import Sized, condition_of, pieces
from tidegate.files.proof import Evidence, FilesProof, FileVerdict, verdict_on
from tidegate.files.proof_documents import look_at_documents
from tidegate.files.proof_letters import LettersFound, read_letters_of
from tidegate.files.proof_notes import Limits, of_landing, of_limits, of_load, of_quarantine
from tidegate.files.proof_rows import Counted, LakeEvidence
from tidegate.files.proof_scope import baseless, scope_of, strange_letters, strange_rows
from tidegate.files.take_in import look
from tidegate.files.versions import may_have_lost
from tidegate.proof.strangers import Strangers
from tidegate.proof.workers import peak_rss_mb
from tidegate.settings import Settings

ATTEMPTS = 3
_NONE = Strangers()


@dataclass(frozen=True, slots=True)
class Asked:
    """``day``: of which date's files; None: of all. ``deep``: the bytes of copies are read and hashed."""

    day: date | None = None
    deep: bool = False


def prove_files(settings: Settings, dataset: Files, asked: Asked) -> FilesProof:
    """The proof of one dataset; it takes as long as reading the places of the files' rows.

    Raises:
        TransientError: a server does not answer, or loads end all the time. TidegateError: a server refuses.
    """
    started_s = time.monotonic()
    versions = read_versions(settings, dataset.name)
    for _ in range(ATTEMPTS):
        found = _Proof(settings, dataset, asked, versions).made()
        since = read_versions(settings, dataset.name)
        if since == versions:
            return replace(found, seconds=time.monotonic() - started_s, peak_rss_mb=peak_rss_mb())
        versions = since
    raise TransientError(
        f"files of {dataset.name} are loaded all the time.", remedy="Prove again when no load is at work."
    )


class _Proof:
    """By the states that versions were in when it was begun."""

    def __init__(self, settings: Settings, dataset: Files, asked: Asked, versions: Sequence[FileVersion]) -> None:
        self._settings = settings
        self._dataset = dataset
        self._asked = asked
        self._versions = [each for each in versions if asked.day in (None, each.date)]
        self._scope = scope_of(versions, asked.day)
        self._lake = LakeEvidence(settings, dataset)
        before = self._lake.removed_before
        self._reached = frozenset(each.number for each in versions if may_have_lost(each, before))

    def made(self) -> FilesProof:
        scope, lake = self._scope, self._lake
        counted = lake.counted(scope.numbers, None if scope.day is None else condition_of([*scope.states]))
        found = self._of_rows(counted)
        may_lack = scope.loaded & self._reached - {number for number, each in found.items() if each.is_whole}
        without, undecided = baseless(counted.repeats, counted.unseen, scope, may_lack)
        letters = self._letters(found)
        copies = faults_of_copies(self._settings, scope.files, deep=self._asked.deep)
        files = [
            self._verdict(each, replace(found[each.number], copy=copies.get(each.number)), without, letters)
            for each in scope.files
        ]
        limits = Limits(lake.removed_before, undecided, letters.gone, letters.in_lake, self._asked.deep)
        search = look_at_documents(self._settings, self._dataset, lake, scope, self._versions)
        files = [replace(each, findings=(*each.findings, *search.of_file.get(each.number, ()))) for each in files]
        strange = (*strange_rows(counted.silver, scope), *strange_letters(letters.others, scope), *search.strange)
        notes = (*self._notes(limits, files), *search.notes)
        return FilesProof(self._dataset.name, scope.day, tuple(files), strange, notes)

    def _of_rows(self, counted: Counted) -> dict[int, Evidence]:
        """By sums; where these are not what was read, and where records explode, row by row."""
        explodes = self._dataset.contract.explode is not None
        splits = self._lake.splits(self._scope.numbers)
        found = {number: Evidence(splits.get(number, ()), counted.sums[number]) for number in self._scope.numbers}
        closer = [each for each in self._scope.files if explodes or not found[each.number].is_whole]
        for each in closer:
            found[each.number] = replace(found[each.number], sums=Sums())
        for piece in pieces(self._sized(each, found, counted.sums[each.number].all.count) for each in closer):
            seen = self._lake.closer(piece)
            for number in piece.numbers:
                before = found[number]
                found[number] = replace(
                    before,
                    sums=before.sums + seen.sums.get(number, Sums()),
                    doubled=before.doubled + seen.doubled.get(number, _NONE),
                    twice=before.twice + seen.twice.get(number, _NONE),
                )
        return found

    def _letters(self, found: Mapping[int, Evidence]) -> LettersFound:
        files = [self._sized(each, found, each.rejected or 0) for each in self._scope.files]
        return read_letters_of(self._settings, self._dataset, self._lake, files)

    @staticmethod
    def _sized(version: FileVersion, found: Mapping[int, Evidence], rows: int) -> Sized:
        """A packed file has more bytes than it is long."""
        ends = (split.start + split.length for split in found[version.number].splits)
        return Sized(version.number, rows, max(ends, default=version.size))

    def _verdict(
        self, version: FileVersion, found: Evidence, without: Mapping[int, Strangers], letters: LettersFound
    ) -> FileVerdict:
        number = version.number
        whole = replace(
            found,
            baseless=without.get(number, _NONE),
            no_letter=letters.lacking.get(number, _NONE),
            strange_letters=letters.strange.get(number, _NONE),
        )
        return verdict_on(version, whole, self._lake.removed_before)

    def _notes(self, limits: Limits, files: Sequence[FileVerdict]) -> Iterator[str]:
        name, day = self._dataset.name, self._asked.day
        yield from of_load(name, self._scope.left_out)
        yield from of_quarantine(self._versions)
        try:
            yield from of_landing(look(self._settings, self._dataset, day).days)
        except TidegateError as error:  # what was taken in is proved without it
            yield f"not known: which files are new or wait. {error.problem}"
        yield from of_limits(name, limits, day, files)
