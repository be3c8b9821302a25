"""The rows of ``files.versions`` by which repair files come to be loaded, and are given up. Pure."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from tidegate.clients.file_version import FileVersion
from tidegate.files.repairs import repair_uri, repairs_by_plan, unrepairable
from tidegate.files.versions import moved

GIVEN_UP = "its letters wait again"


@dataclass(frozen=True, slots=True)
class Stored:
    """A repair file in the store, of ``rows`` rows of the version ``root``."""

    root: int
    rows: int
    size: int
    sha256: str
    stored: str


def registered(newest: Sequence[FileVersion], plan_id: str, found: Stored, at: datetime) -> Iterator[FileVersion]:
    """Its version, seen, under the next number; none if the file that it repairs may not be repaired now.

    Its rows are judged as of the supplier's file: of its date, and as if they had come with it.
    """
    if unrepairable(newest, found.root) is not None:
        return
    root = next(each for each in newest if each.number == found.root)
    count = 1 + len([each for each in repairs_by_plan(newest, plan_id) if each.repairs == found.root])
    yield FileVersion(
        dataset=root.dataset,
        number=1 + max(each.number for each in newest),
        uri=repair_uri(root.uri, plan_id, count),
        date=root.date,
        size=found.size,
        modified_at=root.modified_at,
        etag=found.sha256,
        sha256=found.sha256,
        stored=found.stored,
        state="seen",
        at=at,
        promised_rows=found.rows,
        repairs=found.root,
    )


def taken_up(
    newest: Sequence[FileVersion], plan_id: str, in_flight: Collection[int], at: datetime
) -> list[FileVersion]:
    """Of the plan's repair files that are seen: checked if letters are in flight in them, else nobody needs them."""
    seen = [each for each in repairs_by_plan(newest, plan_id) if each.state == "seen"]
    return [
        moved(each, "checked", at) if each.number in in_flight else moved(each, "superseded", at, GIVEN_UP)
        for each in seen
    ]


def given_up(newest: Sequence[FileVersion], plan_id: str, at: datetime) -> list[FileVersion]:
    """Of the plan's repair files those that are not loaded and in no load: they never will be."""
    return [
        moved(each, "superseded", at, GIVEN_UP)
        for each in repairs_by_plan(newest, plan_id)
        if each.state in ("seen", "checked", "quarantined")
    ]


def is_aside(version: FileVersion) -> bool:
    """Whether it is a repair file in quarantine; one that was judged again is none, as its letters are settled."""
    return version.repairs is not None and version.replaces is None and version.state == "quarantined"


def put_away(newest: Sequence[FileVersion], numbers: Collection[int], at: datetime) -> list[FileVersion]:
    """Of these repair files those in quarantine, whose letters wait again: they keep the reason."""
    aside = [each for each in newest if each.number in numbers and is_aside(each)]
    return [moved(each, "superseded", at, f"{each.reason}; {GIVEN_UP}") for each in aside]
