"""What would become of a plan's rows of files: their repair files are made in a folder of their own, and checked."""

import os
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from tidegate.clients.file_version import FileVersion
from tidegate.clients.file_versions import read_versions
from tidegate.contracts.dataset import Files
from tidegate.contracts.file_section import Complete
from tidegate.errors import TidegateError
from tidegate.files.check import Report, check
from tidegate.files.mending import Mending
from tidegate.files.repair_file import repair_file
from tidegate.redrive.fix import NotFixed, recipe_of
from tidegate.redrive.plan import RedrivePlan
from tidegate.redrive.planned import ledger_of, read_planned
from tidegate.redrive.progress import left
from tidegate.settings import Settings


def try_rows(settings: Settings, dataset: Files, plan: RedrivePlan) -> tuple[Report, Counter[str]]:
    """The check of the repair files, one for each file of the supplier, and why other letters would not be loaded.

    Nothing is loaded or noted. All rows of the plan are held in memory.

    Raises:
        TidegateError: no letter is left that a row can be made of; or as :func:`tidegate.files.check.check`.
        TransientError: a server is out of reach.
    """
    newest = read_versions(settings, dataset.name)
    mending = Mending(settings, dataset, newest, recipe_of(plan))
    rows, not_made = _rows(settings, plan, mending)
    if not rows:
        raise TidegateError(
            f"no letter of {plan.plan_id} is left that can be loaded.",
            remedy=f"`tidegate redrive status {plan.plan_id}` says what became of them.",
        )
    versions = {each.number: each for each in newest}
    with TemporaryDirectory(prefix="tidegate-trial-") as folder:
        files = {_written(Path(folder), dataset, mending, versions[root], rows[root]): root for root in sorted(rows)}
        report = check(settings, as_repaired(dataset), [*files], are_repairs=True)
    by_uri = {path.as_uri(): root for path, root in files.items()}
    told = tuple(replace(each, uri=f"repair of file {by_uri[each.uri]}") for each in report.files)
    return replace(report, files=told), not_made


def as_repaired(dataset: Files) -> Files:
    """The same dataset, as its repair files are: no list says what they have, and those of Parquet are JSON lines."""
    written = "json_lines" if dataset.file.is_parquet else dataset.file.format
    section = dataset.file.model_copy(update={"complete": Complete(by="always"), "format": written})
    return replace(dataset, contract=dataset.contract.model_copy(update={"file": section}))


def _rows(settings: Settings, plan: RedrivePlan, mending: Mending) -> tuple[Mapping[int, list[bytes]], Counter[str]]:
    """By the number of the supplier's file."""
    rows: defaultdict[int, list[bytes]] = defaultdict(list)
    not_made: Counter[str] = Counter()
    for _, letter in read_planned(settings, left(plan, ledger_of(settings, plan))):
        row = mending.row(letter)
        if isinstance(row, NotFixed):
            not_made[row.reason] += 1
        else:
            rows[mending.root(letter)].append(row)
    return rows, not_made


def _written(folder: Path, dataset: Files, mending: Mending, of: FileVersion, rows: Sequence[bytes]) -> Path:
    """As if it had come when the supplier's file did."""
    path = folder / f"{of.number:010}"
    path.write_bytes(repair_file(dataset.file.format, mending.head(of.number), rows).content)
    arrived_s = of.modified_at.timestamp()
    os.utime(path, (arrived_s, arrived_s))
    return path
