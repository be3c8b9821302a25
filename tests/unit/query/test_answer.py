"""Answers as files."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tidegate.errors import TidegateError
from tidegate.query.answer import cell, write
from tidegate.query.session import Session


def test_a_file_is_there_when_it_is_whole(session: Session, tmp_path: Path) -> None:
    (tmp_path / "out.csv").write_text("before")
    with pytest.raises(TidegateError):
        write(session, "select page_url::int from silver.clicks", "csv", tmp_path / "out.csv")
    assert (tmp_path / "out.csv").read_text() == "before"
    write(session, "select day from silver.clicks order by day", "csv", tmp_path / "out.csv")
    assert (tmp_path / "out.csv").read_text() == "day\n1\n2\n"
    assert [path.name for path in tmp_path.glob(".*.part")] == []


def test_the_folder_must_be_there(session: Session, tmp_path: Path) -> None:
    with pytest.raises(TidegateError, match="there is no folder"):
        write(session, "select 1", "csv", tmp_path / "no" / "out.csv")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (b"\x00a", r"\x00a"),
        ([1, {"a": datetime(2026, 1, 1, tzinfo=UTC)}], '[1, {"a": "2026-01-01 00:00:00+00:00"}]'),
        ("x" * 300, "x" * 199 + "…"),
    ],
)
def test_a_cell_is_text(value: object, text: str) -> None:
    assert cell(value) == text
