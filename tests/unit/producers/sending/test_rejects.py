"""Rejected lines are shown, at first, and all of them kept; no other file is ever lost for them."""

import io
import json
import os
from pathlib import Path

import pytest
from rich.console import Console

from producers.sending.rejects import Rejects
from tidegate.errors import TidegateError


def quiet() -> Console:
    return Console(file=io.StringIO())


def entries(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_every_line_is_kept_with_its_number_and_reason(tmp_path: Path) -> None:
    path = tmp_path / "kept" / "lines.jsonl"
    with Rejects(path, quiet(), [Path("in.log")]) as rejects:
        rejects.add(3, "no time", b"GET / \xff")
        rejects.add(7, "no host", "für".encode())

    assert entries(path) == [
        {"line": 3, "file": "in.log", "reason": "no time", "text": "GET / \\xff"},
        {"line": 7, "file": "in.log", "reason": "no host", "text": "für"},
    ]
    assert rejects.count == 2


def test_without_rejected_lines_there_is_no_file_and_none_of_the_run_before(tmp_path: Path) -> None:
    path = tmp_path / "lines.jsonl"
    with Rejects(path, quiet()) as rejects:
        rejects.add(1, "of the run before", b"")
    with Rejects(path, quiet()):
        pass

    assert not path.exists()


def test_a_run_that_goes_on_adds_to_those_of_the_run_before(tmp_path: Path) -> None:
    path = tmp_path / "lines.jsonl"
    for number in (1, 2):
        with Rejects(path, quiet(), append=True) as rejects:
            rejects.add(number, "no time", b"")

    assert [entry["line"] for entry in entries(path)] == [1, 2]


def test_only_the_first_ten_are_shown_and_it_says_where_the_others_are(tmp_path: Path) -> None:
    screen = io.StringIO()
    with Rejects(tmp_path / "lines.jsonl", Console(file=screen)) as rejects:
        for number in range(1, 15):
            rejects.add(number, "no [time]", b"")

    shown = screen.getvalue().splitlines()
    assert shown[:10] == [f"line {number}: no [time]" for number in range(1, 11)]
    assert shown[10:] == [f"further rejected lines are in {tmp_path / 'lines.jsonl'} only"]


def test_a_reason_is_one_short_line_whatever_a_row_holds(tmp_path: Path) -> None:
    screen = io.StringIO()
    with Rejects(tmp_path / "lines.jsonl", Console(file=screen, width=2000)) as rejects:
        rejects.add(1, "row.\x1b[31m\n\ud83d\u2028: " + "x" * 1_000_000, b"")

    assert screen.getvalue().startswith("line 1: row.\\x1b[31m\\n\\ud83d\\u2028: xxx")
    assert len(screen.getvalue()) < 500


@pytest.mark.parametrize("by", ["its name", "a symlink", "a hard link", "a folder's detour"])
def test_the_input_is_refused_before_anything_is_touched(tmp_path: Path, by: str) -> None:
    source = tmp_path / "in.jsonl"
    source.write_text("{}\n")
    other = tmp_path / "other"
    match by:
        case "its name":
            other = source
        case "a symlink":
            other.symlink_to(source)
        case "a hard link":
            os.link(source, other)
        case _:
            (tmp_path / "folder").mkdir()
            other = tmp_path / "folder" / ".." / "in.jsonl"

    with pytest.raises(TidegateError, match="is the input itself"):
        Rejects(other, quiet(), [source])
    assert source.read_text() == "{}\n"


def test_a_file_that_holds_something_else_is_not_lost(tmp_path: Path) -> None:
    other = tmp_path / "products.csv"
    other.write_text("product_id\n")

    with pytest.raises(TidegateError, match="something else than rejected lines"):
        Rejects(other, quiet())
    assert other.read_text() == "product_id\n"


def test_two_runs_do_not_share_a_file(tmp_path: Path) -> None:
    path = tmp_path / "lines.jsonl"
    with Rejects(path, quiet()) as first:
        first.add(1, "no time", b"")
        with pytest.raises(TidegateError, match="another run keeps its rejected lines in"), Rejects(path, quiet()):
            pass
        first.add(2, "no time", b"")

    assert [entry["line"] for entry in entries(path)] == [1, 2]


def test_nothing_is_kept_of_what_goes_to_a_device() -> None:
    with Rejects(Path("/dev/null"), quiet()) as rejects:
        rejects.add(1, "no time", b"")
    assert Path("/dev/null").is_char_device()


def test_a_file_that_cannot_be_written_is_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(TidegateError, match="can't be written"), Rejects(tmp_path / "file" / "x", quiet()):
        pass
