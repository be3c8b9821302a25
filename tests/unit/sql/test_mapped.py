"""The whole SQL of a dataset with a mapping is kept here: ``python -m tests.unit.sql.test_mapped`` writes it again."""

from pathlib import Path

from tests.mapped import machines
from tests.unit.sql.make_golden import text_of
from tests.unit.sql.visits import DELIVERY, PLATFORM
from tidegate.sql.refine import job_sql
from tidegate.sql.scope import Scope

GOLDEN = Path(__file__).parent / "mapped.sql"


def job_text() -> str:
    return text_of(job_sql(machines(), PLATFORM, Scope(), DELIVERY), {})


def test_the_sql_of_a_mapped_dataset_is_the_one_kept_here() -> None:
    assert GOLDEN.read_text() == job_text(), "the SQL has changed: run this file as a module, and read the diff"


if __name__ == "__main__":
    GOLDEN.write_text(job_text())
