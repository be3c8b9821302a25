"""``docs/add-a-dataset.md`` as a reader follows it: every command, in order, in a folder of its own."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.pipeline import Pipeline, run_tidegate, tidegate
from tests.shell import PROJECT, run_shell

RESTARTED = ("refine", "lake", "index")
BLOCK = re.compile(r"^```(sh|yaml)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.fixture
def readers_folder(pipeline: Pipeline, tmp_path: Path) -> Iterator[Path]:
    """A project of the reader's own beside the running pipeline, which gets its own datasets back at the end."""
    shutil.copytree(PROJECT / "schemas", tmp_path / "schemas")
    (tmp_path / "flink_jobs").symlink_to(PROJECT / "flink_jobs")
    yield tmp_path
    tidegate("stop", *RESTARTED)
    tidegate("run", *RESTARTED, "--forget-removed")


def test_every_step_of_the_page_works(readers_folder: Path) -> None:
    page = (PROJECT / "docs" / "add-a-dataset.md").read_text().partition("## Items of an array")[0]
    printed = ""
    for kind, text in BLOCK.findall(page):
        if kind == "sh":
            printed += run_shell(text, readers_folder)
        else:  # the rule that the reader adds at the end of the rules
            contract = readers_folder / "schemas" / "readings" / "contract.yaml"
            contract.write_text(contract.read_text().replace("\nindex:", f"{text}\nindex:"))
    assert "All contracts hold" in printed
    assert "The proof holds: 2,503 events of readings" in " ".join(printed.split())


def test_a_start_that_would_lose_state_is_refused(pipeline: Pipeline) -> None:
    tidegate("stop", "index")
    result = run_tidegate("run", "index", "--dataset", "clicks")
    assert result.returncode == 1
    assert "--forget-removed" in result.stderr
    tidegate("run", "index")
