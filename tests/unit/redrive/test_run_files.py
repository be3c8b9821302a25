"""What a run keeps on its machine."""

from pathlib import Path

import pytest

from tidegate.redrive.run_files import read_starts, write_starts
from tidegate.settings import Settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings.model_validate({"home": tmp_path})


def test_where_outcomes_begin_is_read_as_it_was_written(settings: Settings) -> None:
    starts = {"silver.a": {0: 5, 11: 7}, "dlq.a": {}}
    (settings.home / "redrives").mkdir()
    write_starts(settings, "p", starts)

    assert read_starts(settings, "p") == starts
    assert read_starts(settings, "another") is None


@pytest.mark.parametrize("text", ["", "[1]", '{"a": 1}', '{"a": {"x": 1}}'])
def test_a_broken_file_is_as_none(settings: Settings, text: str) -> None:
    folder = settings.home / "redrives"
    folder.mkdir()
    (folder / "p.starts").write_text(text)

    assert read_starts(settings, "p") is None
