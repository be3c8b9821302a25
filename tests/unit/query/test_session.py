"""SQL over lake tables on this machine's disk; ``tests/jobs/test_query.py`` has those of the lake job."""

from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tidegate.errors import TidegateError, TransientError
from tidegate.query.catalog import Lake
from tidegate.query.session import Session
from tidegate.settings import Settings


def test_a_question_of_one_day_reads_no_other_day(session: Session) -> None:
    assert session.rows("select page_url from silver.clicks where day = 2", 10) == (["page_url"], [("/2",)])
    assert session.files == (1, 2)


def test_a_question_by_time_leaves_files_out_too(session: Session) -> None:
    assert session.rows("select count(*) as n from silver.clicks where event_time < '2026-11-02'", 10)[1] == [(1,)]
    assert session.files == (1, 2)


@pytest.mark.parametrize("name", ["silver.clicks", '"silver"."clicks"', "SILVER . Clicks"])
def test_a_table_is_found_however_it_is_written(session: Session, name: str) -> None:
    assert session.rows(f"with x as (select * from {name}) select sum(day) from x", 10)[1] == [(3,)]


def test_a_metric_is_the_newest_row_of_each_key(session: Session) -> None:
    names, rows = session.rows("select * from gold.clicks_page_views", 10)
    assert (names, [row[1:] for row in rows]) == (["minute", "country", "views"], [("DE", 3)])
    assert session.rows("select count(*) from gold.clicks_page_views_changes", 10)[1] == [(4,)]


def test_nested_values_are_there(session: Session) -> None:
    assert session.rows("select lines[1].price from silver.clicks order by all", 10)[1] == [(1,), (2,)]


def test_times_are_in_the_time_zone_that_was_asked_for(lake: Lake) -> None:
    with Session(lake, Settings(), "Asia/Tokyo") as session:
        rows = session.rows("select distinct hour(event_time) from silver.clicks", 10)[1]
    assert rows == [(21,)]


def test_there_is_no_such_time_zone(lake: Lake) -> None:
    with pytest.raises(TidegateError, match="no time zone 'Mars/Olympus'"):
        Session(lake, Settings(), "Mars/Olympus")


def test_a_file_has_all_rows(session: Session, tmp_path: Path) -> None:
    path = tmp_path / "it's.parquet"
    session.copy("select * from silver.clicks -- all of it", str(path), "format parquet")
    assert pq.read_table(path).num_rows == 2


@pytest.mark.parametrize(
    "sql", ["delete from silver.clicks", "select 1; select 2", "create table x (a int)", "", "attach 'x' as y"]
)
def test_one_select_at_a_time(session: Session, sql: str) -> None:
    with pytest.raises(TidegateError, match="one SELECT at a time"):
        session.rows(sql, 10)


def test_an_outage_of_the_files_is_one(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    session.checked("select * from silver.clicks")

    def away(*_: object) -> None:
        raise OSError("connection refused")

    monkeypatch.setattr("tidegate.clients.lake_dataset.LakeDataset._scanner", away)
    with pytest.raises(TransientError, match=r"S3 at .* does not answer"):
        session.rows("select * from silver.clicks", 10)
