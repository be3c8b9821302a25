"""Discovery patterns: which files they find, of which date, and which of them are refused."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidegate.contracts.file_pattern import FilePattern, marker_problem, pattern_problem, read_pattern
from tidegate.errors import ContractError

PARTS = "s3://landing/orders/{date:yyyy-MM-dd}/part-*.csv.gz"
DAY = date(2026, 11, 9)
FOLDER = Path("/srv/gate")


@pytest.mark.parametrize(
    ("pattern", "uri"),
    [
        (PARTS, "s3://landing/orders/2026-11-09/part-0001.csv.gz"),
        (PARTS, "s3://landing/orders/2026-11-09/part-.csv.gz"),
        ("file:///data/in/customers_{date:yyyyMMdd}.csv", "file:///data/in/customers_20261109.csv"),
        ("s3://landing/{date:yyyy/MM/dd}/*.json", "s3://landing/2026/11/09/a.json"),
        ("in/*/orders_{date:dd.MM.yyyy}*.csv", "file:///srv/gate/in/shop-7/orders_09.11.2026_v2.csv"),
        ("./in/{date:yyyyMMdd}/*", "file:///srv/gate/in/20261109/a"),
        ("/in/{date:yyyyMMdd}/*", "file:///in/20261109/a"),
        ("s3://landing/*{date:yyyyMMdd}*", "s3://landing/x_20261109_20261110.csv"),
        ("s3://landing/a+b({date:yyyyMMdd}).csv", "s3://landing/a+b(20261109).csv"),
    ],
)
def test_a_file_has_the_date_of_its_name(pattern: str, uri: str) -> None:
    assert read_pattern(pattern, FOLDER).date_of(uri) == DAY


@pytest.mark.parametrize(
    ("pattern", "uri"),
    [
        (PARTS, "s3://landing/orders/2026-11-09/manifest.json"),
        (PARTS, "s3://landing/orders/2026-11-09/sub/part-1.csv.gz"),
        (PARTS, "s3://landing/orders/2026-11-09/part-1/2.csv.gz"),
        (PARTS, "s3://landing/orders/2026-13-09/part-1.csv.gz"),
        (PARTS, "s3://landing/orders/2026-02-30/part-1.csv.gz"),
        (PARTS, "s3://landing/orders/2026-11-09/part-1.csv.gz.tmp"),
        ("s3://landing/{date:yyyy-MM-dd}/*", "s3://landing/2026-11-09/_SUCCESS"),
        ("s3://landing/{date:yyyy-MM-dd}/*", "s3://landing/2026-11-09/.part-1.crc"),
        ("s3://landing/*/{date:yyyy-MM-dd}.csv", "s3://landing/_old/2026-11-09.csv"),
        ("s3://landing/{date:yyyy-MM-dd}/*", "s3://landing/2026-11-09/"),
        ("s3://landing/{date:yyyy-MM-dd}/*", "s3://landing/\N{ARABIC-INDIC DIGIT TWO}026-11-09/part-1.csv"),
    ],
)
def test_another_file_has_none(pattern: str, uri: str) -> None:
    assert FilePattern(pattern).date_of(uri) is None


@pytest.mark.parametrize(
    ("pattern", "day", "prefix"),
    [
        (PARTS, None, "s3://landing/orders/"),
        (PARTS, DAY, "s3://landing/orders/2026-11-09/part-"),
        ("s3://landing/*/{date:yyyy-MM-dd}.csv", DAY, "s3://landing/"),
        ("in/{date:yyyyMMdd}.csv", DAY, "file:///srv/gate/in/20261109.csv"),
    ],
)
def test_what_all_files_begin_with_is_listed(pattern: str, day: date | None, prefix: str) -> None:
    assert read_pattern(pattern, FOLDER).prefix(day) == prefix


@pytest.mark.parametrize(
    ("pattern", "folder", "own"),
    [
        (PARTS, "s3://landing/orders/2026-11-09/", True),
        ("s3://landing/{date:yyyy/MM/dd}.csv", "s3://landing/2026/11/", True),
        ("s3://landing/in/customers_{date:yyyyMMdd}.csv", "s3://landing/in/", False),
        ("s3://landing/*/{date:yyyyMMdd}/a.csv", "s3://landing/", False),
    ],
)
def test_a_date_has_a_folder_that_may_be_its_own(pattern: str, folder: str, own: bool) -> None:
    found = FilePattern(pattern)
    assert (found.folder(DAY), found.has_dated_folder) == (folder, own)


@pytest.mark.parametrize(
    ("pattern", "problem"),
    [
        ("s3://landing/orders.csv", "0 times"),
        ("s3://landing/{date:yyyy}/{date:MMdd}.csv", "2 times"),
        ("s3://landing/{date:yyyy-MM}.csv", "yyyy, MM and dd, each once"),
        ("s3://landing/{date:yyyy-MM-dd-dd}.csv", "yyyy, MM and dd, each once"),
        ("s3://landing/{date:%Y%m%d}.csv", "'%' is none of"),
        ("s3://landing/{date:yyyy-MM-ddTHH}.csv", "'T' is none of"),
        ("s3://landing/{date:yyyyMMdd}/{hour}.csv", "'{' means nothing"),
        ("s3://landing/{date:yyyyMMdd}/[ab].csv", "'[' means nothing"),
        ("s3://landing/{date:yyyyMMdd}/**/a.csv", "** means nothing"),
        ("s3://land*/{date:yyyyMMdd}.csv", "'land*' is no name of a bucket"),
        ("s3:///{date:yyyyMMdd}.csv", "'' is no name of a bucket"),
        ("s3://landing/{date:yyyyMMdd}/", "names no file"),
        ("s3://landing//{date:yyyyMMdd}", "by nothing"),
        ("in/../{date:yyyyMMdd}", ". or .."),
        ("file://in/{date:yyyyMMdd}", "three slashes"),
        ("gs://landing/{date:yyyyMMdd}", "gs:// is not read"),
    ],
)
def test_what_is_no_pattern_says_why(pattern: str, problem: str) -> None:
    found = pattern_problem(pattern)

    assert found is not None
    assert problem in found
    with pytest.raises(ContractError, match=r"file\.pattern: .*Write it such as"):
        read_pattern(pattern, FOLDER)


@pytest.mark.parametrize(
    ("pattern", "name", "problem"),
    [
        (PARTS, "_SUCCESS", None),
        ("in/{date:yyyyMMdd}/*", "_SUCCESS", None),
        ("in/orders_{date:yyyyMMdd}.csv", "done_{date:yyyyMMdd}", None),
        ("in/orders_{date:yyyyMMdd}.csv", "_SUCCESS", "files of several dates are beside _SUCCESS"),
        ("orders_{date:yyyyMMdd}.csv", "_SUCCESS", "files of several dates"),
        ("in/*/{date:yyyyMMdd}.csv", "_SUCCESS", "files of several dates"),
        (PARTS, "done_{date:yyyy}", "yyyy, MM and dd, each once"),
        (PARTS, "done_*", "is the name of one file"),
    ],
)
def test_a_marker_tells_of_one_date(pattern: str, name: str, problem: str | None) -> None:
    found = marker_problem(pattern, name)

    assert found is None if problem is None else problem in (found or "")


@given(st.dates(), st.sampled_from([PARTS, "in/{date:yyyyMMdd}/x_*.csv", "s3://landing/{date:dd_MM.yyyy}/*/*.gz"]))
def test_a_name_made_of_a_date_is_of_that_date_and_below_its_prefix(day: date, text: str) -> None:
    pattern = read_pattern(text, FOLDER)
    uri = pattern.of_day(pattern.uri, day).replace("*", "7")

    assert pattern.date_of(uri) == day
    assert uri.startswith(pattern.prefix(day))
    assert uri.startswith(pattern.folder(day))
