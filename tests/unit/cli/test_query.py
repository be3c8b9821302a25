"""``tidegate query`` as a user types it."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.unit.query.lakes import two_tables
from tidegate.cli.query import command
from tidegate.errors import TidegateError
from tidegate.query import catalog


@pytest.fixture(autouse=True)
def _lake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tables = two_tables(tmp_path)
    monkeypatch.setattr(catalog, "open_catalog", lambda _: tables)


def ask(*arguments: str, stdin: str | None = None) -> Result:
    return CliRunner().invoke(command, list(arguments), input=stdin)


def test_without_a_question_it_lists_tables_and_examples_that_work() -> None:
    result = ask()
    assert result.exit_code == 0
    assert "silver.clicks" in result.output
    assert "view" in result.output
    examples = [line.split('"', 1)[1][:-1] for line in result.output.splitlines() if "tidegate query " in line]
    assert examples
    assert ask("select count(*) as rows, day from silver.clicks group by all").exit_code == 0


@pytest.mark.parametrize("how", ["argument", "option", "file", "standard input"])
def test_a_question_may_come_from_anywhere(tmp_path: Path, how: str) -> None:
    sql = "select sum(day) as days\nfrom silver.clicks;\n"
    (tmp_path / "q.sql").write_text(sql)
    arguments = {
        "argument": [sql],
        "option": ["--sql", sql],
        "file": ["--sql", str(tmp_path / "q.sql")],
        "standard input": ["-"],
    }[how]
    assert ask(*arguments, "--format", "csv", stdin=sql).stdout == "days\n3\n"


def test_json_is_one_object_a_line() -> None:
    result = ask("select day, lines from silver.clicks order by day", "--format", "json")
    assert [json.loads(line) for line in result.stdout.splitlines()] == [
        {"day": 1, "lines": [{"price": 1}]},
        {"day": 2, "lines": [{"price": 2}]},
    ]


def test_the_ending_of_the_file_tells_the_format(tmp_path: Path) -> None:
    assert ask("select day from silver.clicks", "--output", str(tmp_path / "x.parquet")).exit_code == 0
    assert (tmp_path / "x.parquet").read_bytes()[:4] == b"PAR1"


@pytest.mark.parametrize(
    "wrong", [["select 1", "--sql", "select 2"], ["select 1", "--output", "x.txt"], ["select 1", "--format", "xml"]]
)
def test_wrong_usage(wrong: list[str]) -> None:
    assert ask(*wrong).exit_code == 2


def test_a_file_that_is_not_there_is_said() -> None:
    assert isinstance(ask("--sql", "no.sql").exception, TidegateError)
