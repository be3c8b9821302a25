"""The SQL of every job and dataset is the one kept here; ``make golden`` writes it again."""

from pathlib import Path

import pytest

from tests.unit.sql.make_golden import GOLDEN, golden_files

FILES = dict(golden_files())


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(GOLDEN)))
def test_sql_is_as_kept(path: Path) -> None:
    assert path.read_text() == FILES[path], "the SQL has changed: run `make golden`, and read its diff"


def test_no_file_is_left_of_a_job_or_dataset_that_is_gone() -> None:
    assert set(GOLDEN.glob("*/*.sql")) == FILES.keys()
