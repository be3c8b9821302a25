"""The SQL of every job and dataset is the one kept here; ``make golden`` writes it again."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.project import PROJECT
from tests.unit.sql.make_golden import GOLDEN, golden_files

FILES = dict(golden_files())


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(GOLDEN)))
def test_sql_is_as_kept(path: Path) -> None:
    assert path.read_text() == FILES[path], "the SQL has changed: run `make golden`, and read its diff"


def test_no_file_is_left_of_a_job_or_dataset_that_is_gone() -> None:
    assert set(GOLDEN.glob("*/*.sql")) == FILES.keys()


def test_the_sql_is_made_without_flink() -> None:
    code = "import sys; sys.modules['pyflink'] = sys.modules['flink_jobs'] = None; import tests.unit.sql.make_golden"

    done = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
