"""What goes to the archive: each file once, under its day, and without personal values."""

from datetime import date
from io import BytesIO
from pathlib import Path
from typing import IO, Any

import pyarrow.parquet as pq
import pytest

from tests.unit.clients.test_lake_erase import FIRST, NAME, add, lake, row
from tidegate.clients import lake_archive
from tidegate.clients.lake_archive import Archive, archived_at
from tidegate.clients.lake_days import files_of
from tidegate.clients.s3 import Place
from tidegate.settings import Settings

ROOT = Place("archive", "gate")
__all__ = ["lake"]


class Bucket:
    """S3 as far as it is asked."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}
        self.copied: list[str] = []

    def upload_fileobj(self, file: IO[bytes], bucket: str, key: str) -> None:
        self.objects[f"{bucket}/{key}"] = file.read()

    def copy(self, source: dict[str, str], bucket: str, key: str) -> None:
        self.copied.append(f"{bucket}/{key}")
        assert Path(f"{source['Bucket']}/{source['Key']}").name == Path(key).name


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Bucket:
    made = Bucket()
    monkeypatch.setattr(lake_archive, "open_s3", lambda _: made)
    monkeypatch.setattr(lake_archive, "ensure_bucket", lambda *_: False)
    return made


def dated(table: Any) -> list[tuple[date, Any]]:
    return [(FIRST, task) for task in files_of(table, FIRST)]


def test_a_file_lies_below_its_table_and_day(lake: Any) -> None:
    place = archived_at(ROOT, lake.load_table(NAME), FIRST, "s3://warehouse/silver/clicks/data/year=2026/x.parquet")
    assert place.uri == "s3://archive/gate/silver.clicks/year=2026/month=3/day=1/x.parquet"


def test_a_file_without_personal_values_is_copied_as_it_is(lake: Any, bucket: Bucket) -> None:
    table = lake.load_table(NAME)
    archive = Archive(Settings(), ROOT, table)
    archive.take(dated(table))
    assert (archive.files, len(bucket.copied), bucket.objects) == (1, 1, {})


def test_personal_values_are_not_kept_longer_by_the_archive(lake: Any, bucket: Bucket) -> None:
    table = lake.load_table(NAME)
    archive = Archive(Settings(), ROOT, table, ("ip", "operator.name", "of_silver_alone"))
    archive.take(dated(table))
    ((key, body),) = bucket.objects.items()
    kept = pq.read_table(BytesIO(body)).to_pylist()
    assert key.startswith("archive/gate/silver.clicks/year=2026/month=3/day=1/")
    assert [(each["offset"], each["ip"], each["operator"]) for each in kept] == [
        (0, None, {"name": None, "age": 47}),
        (1, None, {"name": None, "age": 47}),
    ]
    assert bucket.copied == []


def test_what_is_there_is_not_copied_again_and_what_comes_meanwhile_is(lake: Any, bucket: Bucket) -> None:
    table = lake.load_table(NAME)
    archive = Archive(Settings(), ROOT, table)
    archive.take(dated(table))
    add(lake, row(9, FIRST))
    table.refresh()
    archive.take(dated(table))
    assert archive.files == len(bucket.copied) == 2
