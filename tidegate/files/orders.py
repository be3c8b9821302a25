"""What a job of a load is told, as a file: which files to judge, which rows to compare or to write as documents."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tidegate.clients.file_version import FileVersion
from tidegate.own_files import write_whole
from tidegate.settings import Settings
from tidegate.sql.file_check import Checking
from tidegate.sql.file_duplicates import Comparing
from tidegate.sql.file_to_read import FileToRead
from tidegate.sql.files import Judging
from tidegate.sql.replay_index import DocumentsAgain

_ID_DIGITS = 16


@dataclass(frozen=True, slots=True)
class JudgingOrder:
    """Of the run ``plan_id``."""

    plan_id: str
    judging: Judging

    @property
    def dataset(self) -> str:
        return self.judging.dataset


@dataclass(frozen=True, slots=True)
class ComparingOrder:
    """Of the run ``plan_id``."""

    plan_id: str
    comparing: Comparing

    @property
    def dataset(self) -> str:
        return self.comparing.dataset


def store(settings: Settings, order: JudgingOrder | ComparingOrder) -> Path:
    """Returns the file."""
    kind = "judge" if isinstance(order, JudgingOrder) else "compare"
    folder = settings.home / "files" / order.dataset
    folder.mkdir(parents=True, exist_ok=True)
    return write_whole(folder / f"{order.plan_id}.{kind}.json", json.dumps(asdict(order), indent=2))


def read_judging(file: Path) -> JudgingOrder:
    """As it was stored."""
    found: dict[str, Any] = json.loads(file.read_text())
    judging = found["judging"]
    files = tuple(FileToRead(**each) for each in judging["files"])
    return JudgingOrder(found["plan_id"], Judging(judging["dataset"], judging["branch"], files))


def read_comparing(file: Path) -> ComparingOrder:
    """As it was stored."""
    found: dict[str, Any] = json.loads(file.read_text())
    comparing = found["comparing"]
    return ComparingOrder(
        found["plan_id"],
        Comparing(
            comparing["dataset"],
            comparing["branch"],
            tuple(comparing["loaded"]),
            tuple(comparing["replaced"]),
            tuple((year, month, day) for year, month, day in comparing["days"]),
        ),
    )


def store_checking(checking: Checking) -> Path:
    """In the folder to which its job writes; returns the file."""
    return write_whole(Path(checking.folder) / "order.json", json.dumps(asdict(checking), indent=2))


def read_checking(file: Path) -> Checking:
    """As it was stored."""
    found: dict[str, Any] = json.loads(file.read_text())
    files = tuple(FileToRead(**each) for each in found["files"])
    return Checking(found["dataset"], found["folder"], files, tuple(found["wanted"]))


def plan_of(dataset: str, texts: Iterable[str], states: Iterable[FileVersion]) -> str:
    """The name of a job behind loads: by what it does, and by the states of the files that ask for it.

    And when they came to be so: a dataset that was purged and is loaded anew counts from 1 again.
    """
    said = "\n".join((*texts, *(f"{each.sequence} {each.at.isoformat()}" for each in states)))
    return f"{dataset}-{hashlib.sha256(said.encode()).hexdigest()[:_ID_DIGITS]}"


def documents_file(settings: Settings, dataset: str) -> Path:
    """Where the newest order to write documents is kept, with their version."""
    return settings.home / "files" / dataset / "documents.json"


def store_documents(settings: Settings, asked: DocumentsAgain) -> DocumentsAgain:
    """Returns it."""
    file = documents_file(settings, asked.dataset)
    file.parent.mkdir(parents=True, exist_ok=True)
    write_whole(file, asked.to_json())
    return asked


def read_documents(settings: Settings, dataset: str) -> DocumentsAgain | None:
    """As it was stored; None if there was none."""
    file = documents_file(settings, dataset)
    return DocumentsAgain.from_json(file.read_text()) if file.exists() else None
