"""What a proof of files is not about, one line each. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from tidegate.clients.file_version import FileVersion
from tidegate.files.proof import FileVerdict
from tidegate.files.told import DayTold

COMPARED = "Compared: each row's place, and its verdict. Not compared: its other columns"
SHOWN = 8
_NOT_YET = ("new", "waiting", "left", "unnamed", "seen", "checked")


@dataclass(frozen=True, slots=True)
class Limits:
    """What a proof could not see: days of silver that retention removed; letters that Kafka has removed.

    ``undecided``: duplicates of rows of such days, perhaps; ``letters_gone``: offsets of the topic that were never read
    here, and ``letters_in_lake``: letters that are known by the lake alone. ``deep``: the copies' bytes were read.
    """

    removed_before: date | None = None
    undecided: int = 0
    letters_gone: int = 0
    letters_in_lake: int = 0
    deep: bool = False


def of_limits(dataset: str, limits: Limits, day: date | None, files: Sequence[FileVerdict]) -> Iterator[str]:
    """Of what nobody can see any more, and of what was not asked for."""
    if not files:
        yield f"no file of {dataset}{f' of {day}' if day else ''} is loaded."
    removed = [each for each in files if each.removed]
    before = limits.removed_before
    if removed:
        yield (
            f"left out: {sum(each.removed for each in removed):,} rows of files {_listed(removed)} are not in silver: "
            f"`tidegate retention apply` has removed days before {before} there. Of these files it is proved that all "
            "verdicts are there and no row is twice; not that all of these rows were of such days."
        )
    if limits.undecided:
        yield (
            f"left out: {limits.undecided:,} duplicates repeat rows that are not in silver, of files of which "
            f"retention may have removed rows (days before {before})."
        )
    if limits.letters_gone:
        yield (
            f"Kafka has removed {limits.letters_gone:,} offsets of dlq.{dataset} before they were read here; "
            f"{limits.letters_in_lake:,} letters are in files.{dataset}_letters alone."
        )
    if day is not None:
        yield "Rows of silver whose number no version has are looked for by the proof of all dates."
    yield COMPARED + ("." if limits.deep else ", and the bytes of copies (--deep).")


def of_load(dataset: str, left_out: Sequence[FileVersion]) -> Iterator[str]:
    """Of files that a load is at work on."""
    if left_out:
        runs = sorted({each.run for each in left_out if each.state == "loading" and each.run})
        yield (
            f"left out: files {_listed(left_out)}: the load {', '.join(runs)} was begun and has not ended; "
            f"`tidegate files load {dataset}` goes on with it."
        )


def of_quarantine(versions: Iterable[FileVersion]) -> Iterator[str]:
    """Each file in quarantine, with the reason."""
    for each in versions:
        if each.state == "quarantined":
            yield f"in quarantine: file {each.number} {each.uri}: {each.reason}"


def of_landing(days: Iterable[DayTold]) -> Iterator[str]:
    """Files that are there and not loaded, by why."""
    found: dict[str, list[str]] = {}
    for each in (file for day in days for file in day.files):
        if each.state in _NOT_YET:
            found.setdefault(each.state, []).append(each.uri)
    for state, uris in found.items():
        more = ", …" if len(uris) > SHOWN else ""
        yield f"not loaded: {len(uris):,} files are {state}: {', '.join(uris[:SHOWN])}{more}"


def _listed(files: Sequence[FileVersion] | Sequence[FileVerdict]) -> str:
    return ", ".join(str(each.number) for each in files[:SHOWN]) + ", …" * (len(files) > SHOWN)
