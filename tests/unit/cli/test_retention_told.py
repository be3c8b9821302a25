"""People read what goes, what can't go, and what is still to be read of what went."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from tidegate.cli.retention_told import consequence, print_left, print_survey
from tidegate.clients.lake_erase import DayErased
from tidegate.retention.apply import Report
from tidegate.retention.past import Left
from tidegate.retention.policy import Limit, Personal
from tidegate.retention.survey import Emptied, Piece, Shelf, Survey, TopicKept

TODAY = date(2026, 11, 29)
ROWS, IP = Limit(730, "lake.retention_days"), Limit(30, "privacy.ip.retention_days")
OLD = date(2024, 1, 1)


def survey(*days: date) -> Survey:
    pieces = tuple(Piece(day.isoformat(), day + timedelta(days=1), 1200, 3_000_000) for day in days)
    shelf = Shelf("silver", "silver.clicks", ROWS, ROWS.before(TODAY), pieces)
    personal = Personal("ip", ("ip",), IP, "count visitors", kept=("event_id",))
    emptied = Emptied(
        personal, IP.before(TODAY), (DayErased(date(2026, 10, 1), 1, 7, ("ip",)),) if days else (), 5 * bool(days)
    )
    topics = (TopicKept("raw.clicks", 168, IP), TopicKept("dlq.clicks", 2400, IP))
    return Survey("clicks", TODAY, (shelf,), (emptied,), topics)


def test_what_goes_and_by_which_line_of_the_contract_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    print_survey(survey(OLD, TODAY))
    told = capsys.readouterr().out
    assert "lake.retention_days" in told
    assert "1,200 rows before 2024-11-29: 2024-01-01" in told
    assert "ip (count visitors): 30 days, in ip; event_id stays, rows are known by it." in told
    assert "1 days with 7 rows, 5 documents" in told
    assert "warning: Kafka keeps dlq.clicks for 100 days, privacy.ip.retention_days says 30 days." in told
    assert "raw.clicks for" not in told


def test_of_a_dataset_that_comes_in_files_the_copies_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    print_survey(replace(survey(), files_store="s3://files"))
    assert "warning: nothing here removes the copies of its files in s3://files." in capsys.readouterr().out


def test_where_nothing_is_too_old_that_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    print_survey(survey())
    assert "clicks: nothing is too old" in capsys.readouterr().out


def test_the_question_names_each_place() -> None:
    assert consequence([survey(OLD), survey()]) == "For good: clicks: 1,200 rows of silver.clicks, values of ip go."


def test_what_can_still_be_read_is_named_with_what_holds_it(capsys: pytest.CaptureFixture[str]) -> None:
    print_left(Report("clicks", left=[Left("silver.clicks", 3, ("the tag before-p1",))]))
    told = capsys.readouterr().out
    assert "clicks: nothing was removed." in told
    assert (
        "silver.clicks: what was removed can still be read by 3 earlier snapshots, held by the tag before-p1." in told
    )
    assert "--keep-snapshots-days 0" in told
