"""A table's files as they lie on the disk."""

import os
from pathlib import Path
from typing import Any

import pytest

from tests.unit.clients.strict_catalog import NAME, append, lake, rows
from tidegate.clients import lake_store
from tidegate.clients.lake_store import delete_files, plain_path, stored_files
from tidegate.errors import TidegateError
from tidegate.settings import Settings


@pytest.mark.parametrize(
    ("location", "path"),
    [
        ("s3://lake/silver/clicks/a#b?c=%20d.parquet", "lake/silver/clicks/a#b?c=%20d.parquet"),
        ("s3a://lake/x", "lake/x"),
        ("file:///tmp/x", "/tmp/x"),
        ("file:/tmp/x", "/tmp/x"),
        ("/tmp/x", "/tmp/x"),
        ("lake/silver/x", "lake/silver/x"),
    ],
)
def test_a_path_has_no_scheme_and_is_else_as_it_was(location: str, path: str) -> None:
    assert plain_path(location) == path


def test_all_files_below_the_table_are_found_with_size_and_time(tmp_path: Path) -> None:
    catalog, _ = lake(tmp_path)
    append(catalog, rows([(0, 1)]))
    table = catalog.load_table(NAME)
    stray = Path(plain_path(table.location())) / "data" / "day=1" / "stray.parquet"
    stray.write_bytes(b"12345")
    os.utime(stray, (1_000, 1_000))

    found = {file.path: file for file in stored_files(table)}

    assert found.keys() == {str(path) for path in Path(plain_path(table.location())).rglob("*") if path.is_file()}
    assert (found[str(stray)].bytes, found[str(stray)].modified_ms) == (5, 1_000_000)


def test_files_are_deleted_and_what_is_gone_already_is_no_problem(tmp_path: Path) -> None:
    catalog, table = lake(tmp_path)
    append(catalog, rows([(0, 1)]))
    (file,) = (file for file in stored_files(table) if file.path.endswith(".parquet"))

    assert delete_files(Settings(), table, [file.path, f"file://{file.path}"]) == 2

    assert not Path(file.path).exists()


class Bucket:
    """S3 as far as it deletes; it refuses what is called so."""

    def __init__(self) -> None:
        self.asked: list[list[str]] = []

    def delete_objects(self, Bucket: str, Delete: dict[str, Any]) -> dict[str, Any]:  # noqa: N803 - boto3's
        keys = [each["Key"] for each in Delete["Objects"]]
        assert Bucket == "lake" and len(keys) <= 1000
        self.asked.append(keys)
        return {"Errors": [{"Key": key, "Message": "no"} for key in keys if "refused" in key]}


class There:
    """A table on S3."""

    def name(self) -> tuple[str, str]:
        return ("silver", "clicks")

    def location(self) -> str:
        return "s3://lake/silver/clicks"


def test_s3_deletes_a_thousand_by_one_request_and_says_what_it_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    bucket, table = Bucket(), There()
    monkeypatch.setattr(lake_store, "open_s3", lambda _settings: bucket)
    paths = [f"s3a://lake/silver/clicks/{at}" for at in range(1_001)]

    assert delete_files(Settings(), table, paths) == 1_001  # type: ignore[arg-type]

    assert [len(keys) for keys in bucket.asked] == [1000, 1]
    assert bucket.asked[1] == ["silver/clicks/1000"]
    with pytest.raises(TidegateError, match="does not delete silver/clicks/refused: no"):
        delete_files(Settings(), table, ["lake/silver/clicks/refused"])  # type: ignore[arg-type]
