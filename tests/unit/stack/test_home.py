"""A stack's folder is known by its mark, and a purge takes only what a stack makes there."""

import ast
import importlib
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.another_user import closed_to_this_user
from tests.project import PROJECT
from tidegate.errors import TidegateError
from tidegate.settings import Settings
from tidegate.stack import local
from tidegate.stack.home import MARK, OWN, claim, removal


def stack_in(home: Path) -> Path:
    """A folder as `tidegate up` and `down` leave it."""
    claim(home)
    for name in sorted(OWN - {"stack.json", "lock"}):
        (home / name).mkdir()
        (home / name / "file").write_text("x")
    (home / "stack.json").write_text("{}")
    return home


def purge(home: Path) -> None:
    local.down(Settings.model_validate({"home": home}), purge=True)


def test_a_purge_removes_a_stack_with_all_it_made(tmp_path: Path) -> None:
    home = stack_in(tmp_path / "stack")
    purge(home)
    assert not home.exists()


@pytest.mark.parametrize("content", [{}, {"notes.txt": "mine"}, {"stack.json": "{}", "data": None}])
def test_a_folder_without_the_mark_is_left_as_it_is(tmp_path: Path, content: dict[str, str | None]) -> None:
    for name, text in content.items():
        (tmp_path / name).mkdir() if text is None else (tmp_path / name).write_text(text)
    with pytest.raises(TidegateError, match=r"is not known to be a stack's.*Nothing was stopped or removed"):
        purge(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == set(content)


def test_what_somebody_added_stays_and_the_purge_can_be_said_again(tmp_path: Path) -> None:
    home = stack_in(tmp_path / "stack")
    (home / "notes.txt").write_text("mine")
    planned = removal(home)
    assert planned is not None
    assert "What is not the stack's stays: notes.txt" in planned.describe()
    purge(home)
    assert {path.name for path in home.iterdir()} == {"notes.txt", MARK}
    (home / "notes.txt").unlink()
    purge(home)
    assert not home.exists()


@pytest.mark.parametrize("place", ["data", "logs/linked"])
def test_links_are_removed_and_not_followed(tmp_path: Path, place: str) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "kept").write_text("mine")
    home = tmp_path / "stack"
    claim(home)
    (home / place).parent.mkdir(exist_ok=True)
    (home / place).symlink_to(elsewhere)
    purge(home)
    assert not home.exists()
    assert (elsewhere / "kept").read_text() == "mine"


def test_a_link_to_a_stack_is_not_removed_for_it(tmp_path: Path) -> None:
    home = stack_in(tmp_path / "stack")
    (tmp_path / "link").symlink_to(home)
    with pytest.raises(TidegateError, match=f"is a link to {home}"):
        purge(tmp_path / "link")
    assert (home / "data" / "file").exists()


def test_a_linked_mark_is_none(tmp_path: Path) -> None:
    home = stack_in(tmp_path / "stack")
    other = tmp_path / "other"
    other.mkdir()
    (other / MARK).symlink_to(home / MARK)
    with pytest.raises(TidegateError, match="not known to be a stack's"):
        purge(other)


@pytest.mark.parametrize("made", [".git", "pyproject.toml"])
def test_no_checkout_is_taken_or_removed_marked_or_not(tmp_path: Path, made: str) -> None:
    (tmp_path / made).mkdir()
    with pytest.raises(TidegateError, match="the folder of a project"):
        claim(tmp_path)
    (tmp_path / MARK).write_text((stack_in(tmp_path / "stack") / MARK).read_text())
    with pytest.raises(TidegateError, match="the folder of a project"):
        purge(tmp_path)


def test_neither_root_nor_home_nor_what_is_above_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "people" / "me"))
    (tmp_path / "people" / "me").mkdir(parents=True)
    for folder in (Path("/"), tmp_path / "people" / "me", tmp_path / "people", Path(__file__).parents[3]):
        with pytest.raises(TidegateError, match="a stack has a folder of its own"):
            claim(folder)
        with pytest.raises(TidegateError, match="a stack has a folder of its own"):
            removal(folder)


def test_up_makes_no_stack_among_other_things(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_text("mine")
    with pytest.raises(TidegateError, match=r"it holds thesis\.tex"):
        claim(tmp_path)
    assert not (tmp_path / MARK).exists()


@pytest.mark.parametrize("before", [["logs", "rejects"], ["data", "stack.json"]])
def test_up_marks_what_commands_or_an_earlier_version_have_left(tmp_path: Path, before: list[str]) -> None:
    for name in before:
        (tmp_path / name).touch() if name.endswith(".json") else (tmp_path / name).mkdir()
    claim(tmp_path)
    assert removal(tmp_path) is not None


def test_there_is_nothing_to_remove_where_no_folder_is(tmp_path: Path) -> None:
    assert removal(tmp_path / "none") is None


def test_a_home_that_is_a_file_is_said_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(TidegateError, match="Set TIDEGATE_HOME"):
        claim(tmp_path / "file" / "stack")


def test_a_folder_of_another_user_is_said_in_one_line(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir()
    with closed_to_this_user(closed), pytest.raises(TidegateError, match=r"et TIDEGATE_HOME to a folder"):
        claim(closed / "stack")


def test_sockets_and_pipes_of_servers_go_too(tmp_path: Path) -> None:
    home = stack_in(tmp_path / "s")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(home / "run" / "s.sock"))
        purge(home)
    assert not home.exists()


def test_whatever_the_code_keeps_in_the_home_folder_a_purge_knows() -> None:
    named = {name for package in ("producers", "tidegate") for name in _in_home(PROJECT / package)}
    assert {"logs", "redrives", "replays", "dead_letters"} < named, "these are found in the code"
    assert named - OWN - {MARK} == set()


def _in_home(package: Path) -> Iterator[str]:
    """The first part of each path that is written as ``settings.home / …``."""
    for file in package.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div) and _is_home(node.left):
                yield from _value(file, node.right)


def _is_home(node: ast.expr) -> bool:
    return isinstance(node, ast.Attribute) and node.attr == "home"


def _value(file: Path, part: ast.expr) -> Iterator[str]:
    if isinstance(part, ast.Name):
        module = ".".join(file.relative_to(PROJECT).with_suffix("").parts)
        yield str(getattr(importlib.import_module(module), part.id))
    elif isinstance(part, ast.Constant):
        yield str(part.value)
