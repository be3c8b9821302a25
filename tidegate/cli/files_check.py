"""``tidegate files check``: what a load would make of files, for whoever sends them. It needs no server.

Exit codes: 0 all would be loaded and no row rejected, 3 all would be loaded and rows are rejected, 4 a file would not
be loaded, 1 they could not be judged.
"""

import sys
from collections.abc import Iterator, Mapping
from dataclasses import asdict

import click
from rich.console import Console

from tidegate.cli.files_told import as_json_text
from tidegate.contracts.load import load_files
from tidegate.files.check import CheckedFile, Report, check
from tidegate.files.trial_rows import Fault
from tidegate.settings import get_settings

SOME_REJECTED, NOT_LOADED = 3, 4


@click.command("check")
@click.argument("dataset")
@click.argument("files", metavar="FILE…", nargs=-1, required=True)
@click.option("--manifest", metavar="FILE", help="The list of the files, which lies beside them.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def check_files(dataset: str, files: tuple[str, ...], manifest: str | None, as_json: bool) -> None:
    """Judges files by the contract and loads nothing. A FILE is a path, which needs no server, or s3://bucket/key.

    Exit code 0: all would be loaded, and no row is rejected. 3: rows are rejected. 4: a file would not be loaded.
    1: the files could not be judged.

    \b
    Examples:
      tidegate files check transactions part-1.csv
      tidegate files check transactions 2026-11-28/part-*.csv --manifest 2026-11-28/manifest.json --json
    """
    settings = get_settings()
    with Console(stderr=True).status(f"judging {len(files)} files"):
        report = check(settings, load_files(settings.schemas_dir, dataset), files, manifest)
    print_report(report, {"exit_code": exit_code(report)}, as_json=as_json)
    sys.exit(exit_code(report))


def print_report(report: Report, beside: Mapping[str, object], *more: str, as_json: bool) -> None:
    """In JSON with what is told ``beside`` it; for people with ``more`` lines behind it."""
    click.echo(as_json_text({**asdict(report), **beside}) if as_json else "\n".join((*lines(report), *more)))


def exit_code(report: Report) -> int:
    """As the command says."""
    if any(each.outcome != "loaded" for each in report.files):
        return NOT_LOADED
    return SOME_REJECTED if any(each.rejected for each in report.files) else 0


def lines(report: Report) -> Iterator[str]:
    """The report for people."""
    for each in report.files:
        yield from _lines(each)
    good = sum(each.outcome == "loaded" for each in report.files)
    yield f"{report.dataset}: {good} of {len(report.files)} files would be loaded"
    yield from (f"not checked: {each}" for each in report.not_checked)


def _lines(file: CheckedFile) -> Iterator[str]:
    yield f"{file.uri}: {_SAID[file.outcome]}{f': {file.reason}' if file.reason else ''}"
    beside = f", and {file.blank:,} other lines" if file.blank else ""
    if file.silver is not None:
        yield (
            f"  {file.rows:,} rows = {file.silver:,} silver + {file.rejected:,} dead letters + "
            f"{file.dropped:,} dropped + {file.duplicates:,} duplicates{beside}"
        )
    elif file.rows is not None:
        yield f"  {file.rows:,} rows, {file.rejected:,} rejected, {file.dropped:,} dropped{beside}"
    yield from map(_fault, file.faults)
    if (more := (file.rejected or 0) - len(file.faults)) > 0:
        counted = ", ".join(f"{code} {count:,}" for code, count in file.codes.items())
        yield f"  and {more:,} more; all by code: {counted}"


_SAID = {
    "loaded": "would be loaded",
    "quarantined": "would be put into quarantine",
    "unnamed": "would be left where it is",
}


def _fault(fault: Fault) -> str:
    said = "; ".join(fault.rules) or fault.message
    place = f"row {fault.row:,}" if fault.byte is None else f"row {fault.row:,}, byte {fault.byte:,}"
    return f"  {place}: {fault.code}: {said}"
