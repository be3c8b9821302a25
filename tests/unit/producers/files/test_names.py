"""Files are made where the contract's pattern finds them."""

from datetime import date
from pathlib import Path

import pytest

from producers.files.names import Place, place_of
from tests.contracts import SCHEMAS
from tidegate.contracts.dataset import Files
from tidegate.contracts.file_pattern import read_pattern
from tidegate.contracts.load import load_files
from tidegate.errors import TidegateError

DAY = date(2026, 11, 28)


def dataset(pattern: str) -> Files:
    found = load_files(SCHEMAS, "transactions")
    file = found.file.model_copy(update={"pattern": pattern})
    contract = found.contract.model_copy(update={"file": file})
    return Files(contract, found.folder, found.versions, silver=found.silver, refine_sql=found.refine_sql)


@pytest.mark.parametrize(
    ("pattern", "name"),
    [
        ("in/{date:yyyy-MM-dd}/part-*.csv*", "2026-11-28/part-00003.csv.gz"),
        ("in/{date:yyyy}/{date:MM}/x", None),
        ("in/x_{date:yyyyMMdd}_*.csv", "x_20261128_00003.csv"),
        ("in/*/x_{date:yyyyMMdd}.csv.gz", "00003/x_20261128.csv.gz"),
        ("in/{date:yyyy/MM/dd}/*", "2026/11/28/00003"),
    ],
)
def test_the_pattern_finds_what_is_made(tmp_path: Path, pattern: str, name: str | None) -> None:
    if name is None:
        with pytest.raises(TidegateError):
            place_of(dataset(pattern), tmp_path)
        return
    place = place_of(dataset(pattern), tmp_path)
    path = place.file(DAY, 3, "gzip")
    assert path == tmp_path / name
    assert read_pattern(f"{tmp_path}/{place.tail}", Path()).date_of(path.as_uri()) == DAY


def test_without_a_folder_it_is_the_one_of_the_contract(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    place = place_of(load_files(SCHEMAS, "transactions"), None)
    assert place == Place(tmp_path / "landing/transactions", "{date:yyyy-MM-dd}/part-*.csv*")
    assert place.told_in(DAY) == tmp_path / "landing/transactions/2026-11-28"


def test_a_bucket_needs_a_folder_to_make_them_in() -> None:
    with pytest.raises(TidegateError, match="lie at s3://landing/t/"):
        place_of(dataset("s3://landing/t/{date:yyyyMMdd}-*.csv"), None)
    assert place_of(dataset("s3://landing/t/{date:yyyyMMdd}-*.csv"), Path("x")).tail == "{date:yyyyMMdd}-*.csv"


def test_without_a_star_there_is_one_file_a_day(tmp_path: Path) -> None:
    place = place_of(dataset("in/{date:yyyyMMdd}.csv"), tmp_path)
    assert place.file(DAY, 1, "none") == tmp_path / "20261128.csv"
    with pytest.raises(TidegateError, match="one file a day"):
        place.file(DAY, 2, "none")
