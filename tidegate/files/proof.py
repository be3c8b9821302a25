"""Whether each row of a loaded file is somewhere, and once: arithmetic on what was found of it. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from tidegate.clients.file_version import FileVersion
from tidegate.files.account import Split, gap, read_of
from tidegate.files.closer import Sums
from tidegate.files.versions import may_have_lost
from tidegate.proof.strangers import Strangers

Fault = Literal[
    "copy",
    "unread",
    "missing",
    "doubled",
    "two_verdicts",
    "others",
    "counts",
    "repeats_nothing",
    "no_letter",
    "strange_letter",
    "strange_rows",
    "no_document",
    "strange_document",
]
_NEVER: Strangers = Strangers()
_CHANGED = "Others have changed the lake: see its snapshots with `tidegate lake stats`. "
_ANEW = "A corrected file under the same URI takes the place of all of its rows."
REMEDIES: Mapping[Fault, str] = {
    "copy": "Put the supplier's file there again if its SHA-256 is still the one that `tidegate files show` tells.",
    "unread": _CHANGED + _ANEW,
    "missing": _CHANGED + _ANEW,
    "doubled": _CHANGED + _ANEW,
    "two_verdicts": _CHANGED + _ANEW,
    "others": _CHANGED + _ANEW,
    "counts": _CHANGED + _ANEW,
    "repeats_nothing": "If a later version of it is in quarantine, it was judged again since what it repeats is gone: "
    "mend the cause, then `tidegate files retry {dataset}` with that number. Else: " + _CHANGED + _ANEW,
    "no_letter": "They were removed from dlq.{dataset}; files.{dataset}_letters of the lake may tell of them. " + _ANEW,
    "strange_letter": "Others have written to dlq.{dataset}, or removed verdicts in the lake: `tidegate dlq show ID`.",
    "strange_rows": "Others have written to silver.{dataset}: delete its rows whose _source_partition is {number}.",
    "no_document": "`tidegate files index {dataset}` writes the documents of loaded files once more.",
    "strange_document": "Others have written to events-{dataset}: `tidegate files index {dataset}` removes what is of "
    "loaded files and none of their rows; delete others by their _source_partition, {number}.",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault of a file, in words, with the first of its places; ``number`` may be of no version."""

    fault: Fault
    number: int
    count: int
    said: str
    first: tuple[str, ...] = ()

    def remedy(self, dataset: str) -> str:
        """What to do about it."""
        return REMEDIES[self.fault].format(dataset=dataset, number=self.number)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What was found of one loaded file; ``copy``: what is wrong with our copy of it, if anything.

    ``doubled``: rows that silver has twice; ``twice``: rows with two verdicts; ``baseless``: duplicates of rows that
    are not in silver; letters that lack, and those of rows that are not rejected.
    """

    splits: Sequence[Split] = ()
    sums: Sums = field(default_factory=Sums)
    copy: str | None = None
    doubled: Strangers = _NEVER
    twice: Strangers = _NEVER
    baseless: Strangers = _NEVER
    no_letter: Strangers = _NEVER
    strange_letters: Strangers = _NEVER

    @property
    def is_whole(self) -> bool:
        """Whether the verdicts are on the rows that were read, each once."""
        return self.sums.all == read_of(self.splits)


@dataclass(frozen=True, slots=True)
class FileVerdict:
    """One file: ``rows`` that were read, what became of them, and how many of them retention may have removed."""

    number: int
    uri: str
    day: date
    rows: int
    sums: Sums
    removed: int
    findings: tuple[Finding, ...]

    def facts(self) -> dict[str, Any]:
        """For JSON."""
        sums = self.sums
        return {
            "number": self.number,
            "uri": self.uri,
            "date": self.day.isoformat(),
            "rows": self.rows,
            "silver": sums.silver.count,
            "rejected": sums.rejected.count,
            "dropped": sums.dropped.count,
            "duplicates": sums.duplicates.count,
            "removed": self.removed,
            "holds": not self.findings,
        }


@dataclass(frozen=True, slots=True)
class FilesProof:
    """Of the loaded files of a date, or of all; ``strange``: rows that no loaded file has. ``notes``: one line each."""

    dataset: str
    day: date | None
    files: tuple[FileVerdict, ...]
    strange: tuple[Finding, ...]
    notes: tuple[str, ...]
    seconds: float = 0
    peak_rss_mb: float = 0

    @property
    def findings(self) -> list[Finding]:
        """All faults, by file."""
        return [*(finding for each in self.files for finding in each.findings), *self.strange]

    @property
    def holds(self) -> bool:
        """Nothing is missing, doubled or strange."""
        return not self.findings

    def total(self, column: Literal["rows", "silver", "rejected", "dropped", "duplicates", "removed"]) -> int:
        """The sum of a count over the files."""
        return sum(int(each.facts()[column]) for each in self.files)

    def verdict(self) -> str:
        """One sentence."""
        of = f"{len(self.files):,} files of {self.dataset}" + (f" of {self.day}" if self.day else "")
        if self.holds:
            return f"The proof holds: {self.total('rows'):,} rows of {of} are each accounted for once."
        counts: dict[str, int] = {}
        for each in self.findings:
            counts[each.fault] = counts.get(each.fault, 0) + each.count
        faults = ", ".join(f"{fault.replace('_', ' ')} {count:,}" for fault, count in counts.items())
        return f"The proof does not hold: of {of}, {faults}."

    def to_json(self) -> dict[str, Any]:
        """The report with stable keys."""
        return {
            "holds": self.holds,
            "verdict": self.verdict(),
            "dataset": self.dataset,
            "date": None if self.day is None else self.day.isoformat(),
            "seconds": round(self.seconds, 2),
            "peak_rss_mb": round(self.peak_rss_mb),
            "files": [each.facts() for each in self.files],
            "findings": [
                {
                    "fault": each.fault,
                    "number": each.number,
                    "count": each.count,
                    "said": each.said,
                    "first": [*each.first],
                    "remedy": each.remedy(self.dataset),
                }
                for each in self.findings
            ],
            "notes": [*self.notes],
        }


def verdict_on(version: FileVersion, found: Evidence, removed_before: date | None) -> FileVerdict:
    """``removed_before``: rows of silver of the days before it may have been removed on purpose."""
    read, judged = read_of(found.splits), found.sums.all
    lacking = max(0, read.count - judged.count) if may_have_lost(version, removed_before) else 0
    findings = (*_of_copy(version, found), *_of_sum(version, found, lacking), *_of_places(version, found))
    return FileVerdict(version.number, version.uri, version.date, read.count, found.sums, lacking, findings)


def _of_copy(version: FileVersion, found: Evidence) -> Iterator[Finding]:
    if found.copy is not None:
        yield Finding("copy", version.number, 1, f"the copy {version.stored} {found.copy}")
    if (unread := gap(found.splits, version.size, version.promised_rows)) is not None:
        yield Finding("unread", version.number, 1, unread)


def _of_sum(version: FileVersion, found: Evidence, removed: int) -> Iterator[Finding]:
    read, judged, number = read_of(found.splits), found.sums.all, version.number
    lacking = read.count - judged.count
    if lacking > 0 and not removed:
        said = f"{read.count:,} rows were read, {judged.count:,} have a verdict or are in silver"
        yield Finding("missing", number, lacking, said)
    if lacking < 0 and not (found.doubled.count or found.twice.count):
        yield Finding("doubled", number, -lacking, f"{read.count:,} rows were read, {judged.count:,} have a verdict")
    if lacking == 0 and judged != read and not found.doubled.count:
        yield Finding("others", number, 1, f"{read.count:,} rows were read, and as many verdicts are on others")
    names = ("rejected", "dropped", "duplicates", *(["silver"] if judged == read else []))
    counted = {"rows": read.count} | {name: getattr(found.sums, name).count for name in names}
    off = [
        f"{count:,} {name} for {noted or 0:,}"
        for name, count in counted.items()
        if (noted := getattr(version, name)) != count
    ]
    if off:
        yield Finding("counts", number, len(off), f"there are {', '.join(off)} that were noted")


def _of_places(version: FileVersion, found: Evidence) -> Iterator[Finding]:
    told: tuple[tuple[Fault, Strangers, str], ...] = (
        ("doubled", found.doubled, "rows are in silver more than once"),
        ("two_verdicts", found.twice, "rows have two verdicts"),
        ("repeats_nothing", found.baseless, "duplicates repeat rows that are not in silver"),
        ("no_letter", found.no_letter, "rejected rows have no dead letter"),
        ("strange_letter", found.strange_letters, "dead letters are of rows that are not rejected"),
    )
    for fault, places, said in told:
        if places.count:
            yield Finding(fault, version.number, places.count, f"{places.count:,} {said}", places.first)
