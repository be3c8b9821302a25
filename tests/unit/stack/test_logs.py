"""Reading logs."""

from pathlib import Path

from tidegate.stack.logs import follow, tail


def test_tail_gives_the_last_lines(tmp_path: Path) -> None:
    log = tmp_path / "a.log"
    log.write_text("one\ntwo\nthree\n")
    assert tail(log, 2) == ["two", "three"]
    assert tail(tmp_path / "none.log", 2) == []


def test_follow_gives_what_is_added_and_reads_a_new_log_from_its_start(tmp_path: Path) -> None:
    log = tmp_path / "a.log"
    log.write_text("old and long enough\n")
    lines = follow({"a": log})
    with log.open("a") as file:
        file.write("new\nhalf a ")
    assert next(lines) == ("a", "new")
    with log.open("a") as file:
        file.write("line\n")
    assert next(lines) == ("a", "half a line")
    log.write_text("restarted\n")
    assert next(lines) == ("a", "restarted")
