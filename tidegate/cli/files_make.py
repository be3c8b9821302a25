"""``tidegate files make``: files as a supplier sends them, to try things out and to measure."""

import json
import re
import secrets
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, get_args

import click

from producers.datasets.find import find
from producers.files.bad_files import BadFile
from producers.files.block import RowMaker
from producers.files.make import Asked, make_files
from producers.files.mixing import Mix
from producers.files.packing import Packing
from producers.files.tally import Tally
from tidegate.contracts.dataset import Files
from tidegate.contracts.load import load_files
from tidegate.errors import TidegateError
from tidegate.settings import get_settings

_ROWS = 10_000
_UNITS = {"": 1, "KB": 10**3, "MB": 10**6, "GB": 10**9}


class Size(click.ParamType[int]):
    """Bytes, such as 10MB."""

    name = "size"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        found = re.fullmatch(r"(\d+)\s*(KB|MB|GB|)", str(value).upper())
        if found is None or int(found[1]) == 0:
            self.fail(f"{value!r} is no size such as 10MB.", param, ctx)
        return int(found[1]) * _UNITS[found[2]]


@click.command()
@click.argument("dataset")
@click.option("--date", "day", type=click.DateTime(["%Y-%m-%d"]), help="date of the files  [default: yesterday]")
@click.option("--into", type=click.Path(file_okay=False, path_type=Path), help="folder in place of the pattern's first")
@click.option("--rows", type=click.IntRange(min=0), help=f"of all files together  [default: {_ROWS:,}]")
@click.option("--size", type=Size(), metavar="10MB", help="about so many bytes, unpacked, in place of --rows")
@click.option("--files", type=click.IntRange(1, 100_000), default=1, show_default=True, help="how many")
@click.option("--first", type=click.IntRange(min=1), default=1, show_default=True, help="number of the first file")
@click.option("--bad-rows", type=click.FloatRange(0, 1), default=0, show_default=True, help="share of rows")
@click.option("--duplicates", type=click.FloatRange(0, 1), default=0, show_default=True, help="share of rows")
@click.option("--bad-file", "bad_files", multiple=True, type=click.Choice([*map(str, BadFile)]), help="add such a file")
@click.option("--huge-row", type=Size(), metavar="50MB", help="the first row of each file has a cell of so many bytes")
@click.option("--pack", type=click.Choice(get_args(Packing)), default="none", show_default=True)
@click.option("--seed", type=click.IntRange(min=0), help="same seed, same files  [default: by chance]")
@click.option("--corrected", type=click.IntRange(min=1), metavar="NUMBER", help="write this file alone, corrected")
@click.option("--ledger", type=click.Path(dir_okay=False, path_type=Path), help="write each special row's place here")
@click.option("--json", "as_json", is_flag=True, help="print JSON")
def make(dataset: str, **options: Any) -> None:
    """Make a day's files of DATASET as its supplier sends them, with what says that they are all there.

    The same options with --corrected NUMBER write that file again as its supplier corrects it: no row is bad or there
    twice, some are changed, some gone, some new. A late file is one of an earlier --date, with another --first.

    \b
    Examples:
      tidegate files make transactions --date 2026-11-28 --size 10MB --files 2 --bad-rows 0.01 --seed 1
      tidegate files make transactions --bad-file truncated-gzip --bad-file wrong-header --json
    """
    if options["rows"] is not None and options["size"] is not None:
        raise click.UsageError("--rows does not go with --size")
    asked = _asked(options)
    if options["corrected"] is not None and not asked.first <= options["corrected"] < asked.first + asked.files:
        raise click.UsageError("--corrected is none of the files that --first and --files make")
    files = load_files(get_settings().schemas_dir, dataset)
    maker = _maker(files)
    with ExitStack() as stack:
        path = options["ledger"]
        lines = None if path is None else stack.enter_context(path.open("w", encoding="utf-8"))
        found = []
        for tally in make_files(files, maker, asked, options["into"], lines):
            found.append(tally)
            if not options["as_json"]:
                click.echo(_text(tally))
    if options["as_json"]:
        facts = {"dataset": dataset, "date": asked.day.isoformat(), "seed": asked.seed}
        click.echo(json.dumps({**facts, "files": [tally.as_json() for tally in found]}, indent=2))


def _asked(options: dict[str, Any]) -> Asked:
    yesterday = datetime.now(UTC) - timedelta(days=1)
    rows = _ROWS if options["rows"] is None and options["size"] is None else options["rows"]
    return Asked(
        day=(options["day"] or yesterday).date(),
        seed=secrets.randbits(32) if options["seed"] is None else options["seed"],
        rows=rows,
        size_bytes=options["size"] or 0,
        files=options["files"],
        first=options["first"],
        mix=Mix(options["bad_rows"], options["duplicates"]),
        bad_files=tuple(map(BadFile, options["bad_files"])),
        packing=options["pack"],
        corrected=options["corrected"],
        huge_row_bytes=options["huge_row"],
    )


def _maker(dataset: Files) -> RowMaker:
    if dataset.file.is_parquet:
        raise TidegateError(
            f"files of {dataset.name} are Parquet, which is not made here.", remedy="Write a table by pyarrow."
        )
    found = find(dataset.name, "file_rows", "file_rows")
    if found is None:
        raise TidegateError(
            f"dataset {dataset.name!r} has no generator of files.",
            remedy=f"Add producers/datasets/{dataset.name}/file_rows.py, as transactions has one.",
        )
    maker: RowMaker = found(dataset)
    return maker


def _text(tally: Tally) -> str:
    if tally.fault is not None:
        return f"{tally.name}: {tally.size_bytes:,} bytes, for quarantine: {tally.fault}"
    parts = {"rejected": tally.rejected.total(), "dropped": tally.dropped.total(), "duplicates": tally.duplicates}
    counts = ", ".join(f"{count:,} {name}" for name, count in parts.items())
    return f"{tally.name}: {tally.size_bytes:,} bytes, {tally.rows:,} rows: {tally.silver:,} for silver, {counts}"
