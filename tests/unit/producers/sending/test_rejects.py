"""Rejected lines are shown, at first, and all of them kept."""

import io
import json
from pathlib import Path

from rich.console import Console

from producers.sending.rejects import Rejects


def test_every_line_is_kept_with_its_number_and_reason(tmp_path: Path) -> None:
    with Rejects(tmp_path / "kept" / "lines.jsonl", Console(file=io.StringIO())) as rejects:
        rejects.add(3, "no time", b"GET / \xff")
        rejects.add(7, "no host", "für".encode())

    kept = [json.loads(line) for line in (tmp_path / "kept" / "lines.jsonl").read_text(encoding="utf-8").splitlines()]
    assert kept == [
        {"line": 3, "reason": "no time", "text": "GET / \\xff"},
        {"line": 7, "reason": "no host", "text": "für"},
    ]
    assert rejects.count == 2


def test_without_rejected_lines_there_is_no_file_and_none_of_the_run_before(tmp_path: Path) -> None:
    path = tmp_path / "lines.jsonl"
    path.write_text("of the run before")
    with Rejects(path, Console(file=io.StringIO())):
        pass

    assert not path.exists()


def test_only_the_first_ten_are_shown_and_it_says_where_the_others_are(tmp_path: Path) -> None:
    screen = io.StringIO()
    with Rejects(tmp_path / "lines.jsonl", Console(file=screen)) as rejects:
        for number in range(1, 15):
            rejects.add(number, "no [time]", b"")

    shown = screen.getvalue().splitlines()
    assert shown[:10] == [f"line {number}: no [time]" for number in range(1, 11)]
    assert shown[10:] == [f"further rejected lines are in {tmp_path / 'lines.jsonl'} only"]
