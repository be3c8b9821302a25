"""The files of a day: the same for the same seed, found again by their ledger, and corrected as the ledger says."""

import csv
import gzip
import hashlib
import io
import json
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow
import pytest

from producers.datasets.find import find
from producers.files.bad_files import BadFile
from producers.files.block import RowMaker
from producers.files.make import Asked, make_files
from producers.files.mixing import Mix
from producers.files.packing import Packing
from producers.files.tally import Tally
from tests.contracts import SCHEMAS
from tidegate.contracts.dataset import Files
from tidegate.contracts.load import load_files
from tidegate.errors import TidegateError
from tidegate.files.manifest import broken_promise, read_manifest

DAY = date(2026, 11, 28)
ASKED = Asked(DAY, seed=3, rows=2000, mix=Mix(bad=0.05, duplicate=0.02))
NAMES = ("transactions", "customers", "catalog")
IDENTITY = {"transactions": ("transaction_id",), "customers": ("customer_id",), "catalog": ("product_id",)}


@cache
def dataset(name: str) -> Files:
    return load_files(SCHEMAS, name)


@cache
def maker(name: str) -> RowMaker:
    found: RowMaker = find(name, "file_rows", "file_rows")(dataset(name))
    return found


def made(name: str, folder: Path, asked: Asked = ASKED) -> tuple[list[Tally], list[dict[str, Any]]]:
    lines = io.StringIO()
    tallies = [*make_files(dataset(name), maker(name), asked, folder, lines)]
    return tallies, [json.loads(line) for line in lines.getvalue().splitlines()]


def content(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def values(name: str, line: bytes) -> dict[str, Any]:
    if name == "catalog":
        return dict(json.loads(line))
    section = dataset(name).file
    cells = next(csv.reader([line.decode(section.encoding)], delimiter=section.csv.delimiter))
    return dict(zip(maker(name).columns, cells, strict=True))


def good_rows(name: str, data: bytes, special: list[dict[str, Any]], *, header: bool) -> dict[tuple[str, ...], Any]:
    """By identity: the rows that are neither rejected, dropped nor duplicates."""
    bad, found, offset = {each["offset"] for each in special if each["kind"] in ("rejected", "duplicate")}, {}, 0
    for number, line in enumerate(data.split(b"\n")[:-1]):
        if offset not in bad and not (header and number == 0):
            row = values(name, line)
            if not is_dropped(row):
                identity = tuple(str(row[column]) for column in IDENTITY[name])
                assert identity not in found
                found[identity] = row
        offset += len(line) + 1
    return found


def is_dropped(row: dict[str, Any]) -> bool:
    is_test = row.get("kind") == "test" or str(row.get("customer_id")).startswith("TEST")
    return is_test or row.get("status") == "pending" or row.get("category") == "sample"


@pytest.mark.parametrize("name", NAMES)
def test_the_same_seed_makes_the_same_files(tmp_path: Path, name: str) -> None:
    for folder in ("a", "b"):
        made(name, tmp_path / folder)
    made(name, tmp_path / "c", replace(ASKED, seed=4))
    assert content(tmp_path / "a") == content(tmp_path / "b") != content(tmp_path / "c")


@pytest.mark.parametrize("name", NAMES)
def test_the_ledger_names_every_special_row_and_counts_add_up(tmp_path: Path, name: str) -> None:
    (tally,), special = made(name, tmp_path)
    (data,) = (data for file, data in content(tmp_path).items() if file.endswith(tally.name))
    lines = data.split(b"\n")
    assert (tally.rows, tally.unpacked_bytes) == (len(lines) - 1 - tally.header_lines, len(data)) and tally.rows == 2000
    for each in special:
        line = lines[each["row"] - 1 + tally.header_lines]
        assert data[each["offset"] : each["offset"] + each["length"]] == line
        assert data[each["offset"] + each["length"] :].startswith(b"\n")
    good = good_rows(name, data, special, header=tally.header_lines == 1)
    assert len(good) == tally.silver > 1700
    repeats = [data[each["offset"] :][: each["length"]] for each in special if each["kind"] == "duplicate"]
    assert len(repeats) == tally.duplicates > 10
    assert all(values(name, line)[IDENTITY[name][0]] in {key[0] for key in good} for line in repeats)


@pytest.mark.parametrize("name", NAMES)
def test_a_corrected_file_differs_as_its_ledger_says(tmp_path: Path, name: str) -> None:
    (first,), special = made(name, tmp_path / "a")
    (second,), noted = made(name, tmp_path / "b", replace(ASKED, corrected=1))
    (before,) = (data for file, data in content(tmp_path / "a").items() if file.endswith(first.name))
    (after,) = (data for file, data in content(tmp_path / "b").items() if file.endswith(second.name))
    assert first.name == second.name and not second.rejected and not second.duplicates
    old = good_rows(name, before, special, header=first.header_lines == 1)
    new = good_rows(name, after, noted, header=second.header_lines == 1)
    changed = sum(old[key] != new[key] for key in old.keys() & new.keys())
    assert second.diff is not None
    assert (len(new), second.silver) == (second.silver, len(new))
    found = (len(new.keys() - old.keys()), len(old.keys() - new.keys()), changed)
    assert found == (second.diff.added, second.diff.removed, second.diff.changed) and min(found) > 0


def test_files_of_all_days_and_numbers_have_identities_of_their_own(tmp_path: Path) -> None:
    for name in NAMES:
        asked = Asked(DAY, seed=3, rows=300, files=3)
        made(name, tmp_path / name, asked)
        made(name, tmp_path / name, replace(asked, day=date(2026, 11, 27), first=7, files=1))
        rows = [
            (row[IDENTITY[name][0]], row.get("revision"))
            for file, data in content(tmp_path / name).items()
            if "0000" in file
            for row in good_rows(name, data, [], header=name != "catalog").values()
        ]
        assert len({*rows}) == len(rows) > 500


@pytest.mark.parametrize("packing", ["none", "gzip", "zstd"])
def test_the_manifest_promises_what_is_there(tmp_path: Path, packing: Packing) -> None:
    tallies, _ = made("transactions", tmp_path, replace(ASKED, files=2, packing=packing))
    made("transactions", tmp_path, replace(ASKED, files=1, first=3, packing=packing))
    folder = tmp_path / "2026-11-28"
    promised = read_manifest((folder / "manifest.json").read_bytes(), "manifest")
    assert len(promised) == 3
    for name, promise in promised.items():
        data = (folder / name).read_bytes()
        assert broken_promise(promise, len(data), hashlib.sha256(data).hexdigest()) is None
        unpacked = unpack(data, packing)
        assert unpacked.count(b"\n") - 1 == promise.rows
    assert sum(tally.rows for tally in tallies) == ASKED.rows


def unpack(data: bytes, packing: Packing) -> bytes:
    match packing:
        case "none":
            return data
        case "gzip":
            return gzip.decompress(data)
        case "zstd":
            return bytes(pyarrow.CompressedInputStream(pyarrow.BufferReader(data), "zstd").read())


@pytest.mark.parametrize(("name", "told"), [("catalog", {"_SUCCESS"}), ("customers", set())])
def test_another_sign_that_all_are_there(tmp_path: Path, name: str, told: set[str]) -> None:
    tallies, _ = made(name, tmp_path)
    assert {path.name for path in (tmp_path / "2026-11-28").iterdir()} == {tally.name for tally in tallies} | told


def test_bad_files_come_beside_the_good_ones_and_break_their_promise_where_they_should(tmp_path: Path) -> None:
    tallies, _ = made("transactions", tmp_path, replace(ASKED, rows=50, bad_files=tuple(BadFile)))
    promised = read_manifest((tmp_path / "2026-11-28/manifest.json").read_bytes(), "manifest")
    by_kind = dict(zip([None, *BadFile], tallies, strict=True))
    for kind, tally in by_kind.items():
        data = (tmp_path / "2026-11-28" / tally.name).read_bytes()
        broken = broken_promise(promised[tally.name], len(data), hashlib.sha256(data).hexdigest())
        assert (broken is not None) == (kind is BadFile.WRONG_SHA256)
        assert (promised[tally.name].rows != tally.rows) == (kind is BadFile.WRONG_ROW_COUNT)
        assert tally.size_bytes == len(data)
    loaded = {kind for kind, tally in by_kind.items() if tally.outcome == "loaded"}
    assert loaded == {None, BadFile.TWO_HEADERS, BadFile.GZIP_NAMED_PLAIN, BadFile.CR_ONLY, BadFile.NO_LAST_NEWLINE}


def test_about_as_many_bytes_are_made_as_are_asked_for(tmp_path: Path) -> None:
    tallies, _ = made("transactions", tmp_path, replace(ASKED, rows=None, size_bytes=3_000_000, files=2))
    assert abs(sum(tally.unpacked_bytes for tally in tallies) - 3_000_000) < 60_000


@pytest.mark.parametrize(("name", "kind"), [("catalog", BadFile.WRONG_HEADER), ("customers", BadFile.WRONG_SHA256)])
def test_what_no_file_of_a_dataset_can_be_is_refused(tmp_path: Path, name: str, kind: BadFile) -> None:
    with pytest.raises(TidegateError, match=kind.value):
        made(name, tmp_path, replace(ASKED, bad_files=(kind,)))


def test_a_folder_that_can_not_be_written_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(TidegateError, match="can not be written"):
        made("customers", tmp_path / "file")
