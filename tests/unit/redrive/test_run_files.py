"""What a run keeps on its machine."""

from pathlib import Path

import pytest

from tidegate.errors import TidegateError
from tidegate.redrive.run_files import read_starts, redrive_turn, write_starts
from tidegate.settings import Settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings.model_validate({"home": tmp_path})


def test_one_redrive_of_a_dataset_at_a_time(settings: Settings) -> None:
    with redrive_turn(settings, "clicks"):
        with (
            pytest.raises(TidegateError, match=r"another redrive of clicks is at work.*tidegate redrive cancel"),
            redrive_turn(settings, "clicks"),
        ):
            pass
        with redrive_turn(settings, "orders"):
            pass
    with redrive_turn(settings, "clicks"):
        pass


def test_where_outcomes_begin_is_read_as_it_was_written(settings: Settings) -> None:
    starts = {"silver.a": {0: 5, 11: 7}, "dlq.a": {}}
    with redrive_turn(settings, "a"):
        write_starts(settings, "p", starts)

    assert read_starts(settings, "p") == starts
    assert read_starts(settings, "another") is None


@pytest.mark.parametrize("text", ["", "[1]", '{"a": 1}', '{"a": {"x": 1}}'])
def test_a_broken_file_is_as_none(settings: Settings, text: str) -> None:
    folder = settings.home / "redrives"
    folder.mkdir()
    (folder / "p.starts").write_text(text)

    assert read_starts(settings, "p") is None
