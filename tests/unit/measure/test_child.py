"""A command as a process of its own."""

from pathlib import Path

import pytest

from tidegate.errors import TidegateError
from tidegate.measure.child import Child
from tidegate.settings import Settings


def test_a_child_that_fails_passes_on_its_problem_and_remedy(tmp_path: Path) -> None:
    log = tmp_path / "logs" / "show.log"
    child = Child(Settings(home=tmp_path), log, "contract", "show", "nothing")

    with pytest.raises(TidegateError) as caught:
        child.result()
    assert caught.value.problem == "`tidegate contract show` failed: there is no dataset 'nothing'."
    assert caught.value.remedy.startswith("Known: ")
    assert caught.value.remedy.endswith(f"All it said is in {log}.")


def test_a_child_that_was_called_wrongly_names_where_all_of_it_is(tmp_path: Path) -> None:
    log = tmp_path / "show.log"

    with pytest.raises(
        TidegateError,
        match=r"`tidegate contract shew` failed: error: No such command .+ All it said is in .*show\.log\.",
    ):
        Child(Settings(home=tmp_path), log, "contract", "shew").result()


def test_a_child_that_is_stopped_has_ended(tmp_path: Path) -> None:
    child = Child(Settings(home=tmp_path), tmp_path / "monitor.log", "config", "show")
    child.stop()

    assert not child.running()
