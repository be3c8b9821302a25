"""Which files may be put into quarantine by hand, and what becomes of the load they are in."""

from contextlib import nullcontext
from typing import Any

import pytest

from tests.unit.files.versions import version
from tidegate.errors import TidegateError
from tidegate.files import put_aside as module
from tidegate.files.put_aside import put_aside, put_aside_of
from tidegate.settings import Settings

VERSIONS = (version(1, state="loading", run="feed"), version(2, run="f00d"), version(3, state="loaded", run="f00d"))


def test_files_that_are_to_be_loaded_go_into_quarantine_with_the_reason() -> None:
    found = [*put_aside_of(VERSIONS, [2, 1, 2], "by ops")]

    assert [(each.number, each.state, each.reason) for each in found] == [
        (2, "quarantined", "by ops"),
        (1, "quarantined", "by ops"),
    ]


@pytest.mark.parametrize(("number", "said"), [(3, "file 3 is loaded"), (7, "file 7 is not there")])
def test_no_others_do(number: int, said: str) -> None:
    with pytest.raises(TidegateError, match=said):
        list(put_aside_of(VERSIONS, [1, number], "by ops"))


@pytest.fixture
def ended(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The runs whose jobs were ended; the second file was in another that is published, and was tried again."""
    runs: list[str] = []
    monkeypatch.setattr(module, "load_turn", lambda *_: nullcontext())
    monkeypatch.setattr(module, "read_versions", lambda *_: VERSIONS)
    monkeypatch.setattr(module, "is_run_published", lambda _settings, _name, mark: mark[1] == "f00d")
    monkeypatch.setattr(module, "give_up_jobs", lambda _settings, run: runs.append(run))
    monkeypatch.setattr(module, "change_versions", _changed)
    return runs


def _changed(_settings: Settings, _dataset: str, decide: Any) -> Any:
    return tuple(decide(VERSIONS))


def test_the_jobs_of_a_load_that_it_leaves_are_ended(ended: list[str]) -> None:
    assert [each.number for each in put_aside(Settings(), "visits", [1, 2], "by ops")] == [1, 2]
    assert ended == ["feed"]


def test_a_file_whose_rows_are_published_is_not_put_aside(ended: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "is_run_published", lambda *_: True)

    with pytest.raises(TidegateError, match="the load feed is published already"):
        put_aside(Settings(), "visits", [1], "by ops")
    assert ended == []
