"""The question before what can't be taken back."""

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from tests.polling import HANGS_S
from tidegate.cli.confirm import confirm
from tidegate.errors import TidegateError
from tidegate.stack.home import claim


def test_yes_asks_nothing() -> None:
    confirm("all is removed.", yes=True)


def test_without_a_terminal_it_is_not_done(monkeypatch: pytest.MonkeyPatch) -> None:
    with Path(os.devnull).open() as nobody:
        monkeypatch.setattr(sys, "stdin", nobody)
        with pytest.raises(TidegateError, match=r"all is removed\. Add --yes"):
            confirm("all is removed.", yes=False)


@pytest.mark.parametrize(("typed", "exit_code", "removed"), [("y", 0, True), ("n", 1, False), ("", 1, False)])
def test_on_a_terminal_only_a_y_removes(tmp_path: Path, typed: str, exit_code: int, removed: bool) -> None:
    home = tmp_path / "stack"
    claim(home)
    (home / "data").mkdir()
    terminal, end = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "tidegate", "down", "--purge"],
        stdin=end,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"TIDEGATE_HOME": str(home)},
    ) as down:
        os.write(terminal, f"{typed}\n".encode())
        said = down.communicate(timeout=HANGS_S)[1]
    os.close(end)
    os.close(terminal)
    assert f"{home} is removed with all its data" in said
    assert (down.returncode, home.exists()) == (exit_code, not removed)
