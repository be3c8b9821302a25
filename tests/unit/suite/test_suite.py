"""The steps before pytest: side by side, each one's output in one piece, and none hides another's failure."""

import os
import sys
from pathlib import Path

import pytest

from tests import suite
from tests.project import PROJECT


def python(code: str, *arguments: str) -> list[str]:
    return [sys.executable, "-c", f"import sys; {code}", *arguments]


def test_steps_run_side_by_side(tmp_path: Path) -> None:
    """Alone, either would wait for the other for ever."""
    pipe = str(tmp_path / "pipe")
    os.mkfifo(pipe)
    read, write = (python(f"open(sys.argv[1], {mode!r}).close()", pipe) for mode in ("r", "w"))
    assert {name: step.returncode for name, step in suite.ended({"read": read, "write": write})} == {
        "read": 0,
        "write": 0,
    }


def test_what_a_step_says_is_one_piece() -> None:
    ((name, step),) = suite.ended({"both": python("print('out', flush=True); print('err', file=sys.stderr)")})
    assert (name, step.stdout) == ("both", "out\nerr\n")


def test_one_that_fails_ends_the_suite_once_all_have_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(PROJECT)
    monkeypatch.setattr(suite, "STEPS", {"bad": python("sys.exit('ill')"), "good": python("print('well')")})
    with pytest.raises(SystemExit, match=r"bad failed. Run it alone with: ") as ended:
        suite.main()
    said = capsys.readouterr().out
    assert "good" not in str(ended.value)
    assert {"suite: bad FAILED after", "suite: good passed after"} == {
        line.rpartition(" after ")[0] + " after" for line in said.splitlines() if line.startswith("suite: ")
    }
    assert "ill\n" in said
    assert "well\n" in said
