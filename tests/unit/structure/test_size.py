"""A file that grows past 300 lines has a second idea: it becomes two files."""

import pytest

from tests.project import PROJECT

LIMIT = 300
SOURCES = ("benchmarks/**/*.py", "flink_jobs/**/*.py", "producers/**/*.py", "tests/**/*.py", "tidegate/**/*.py")
JAVA = "connectors/**/*.java"

LONGER = {
    "tests/stack/test_files.py": "one dataset of files, loaded once for all that follows from it",
    "tests/jobs/test_schema_evolution.py": "one stack, started once for all its cases",
    "tests/unit/deploy/test_compose.py": "one file of services, each promise of it a test",
    "tests/unit/replay/test_lake_run.py": "one drill of all steps of a replay, by one fixture that stands for each",
    "tidegate/metric_names.py": "the closed list of metrics, each with its meaning and what to do: data, no code",
}
"""The files that may be longer, each with its reason."""


def test_a_file_stays_below_the_limit() -> None:
    assert [name for name, lines in _sizes().items() if lines > LIMIT and name not in LONGER] == []


@pytest.mark.parametrize("name", LONGER)
def test_an_exception_is_still_needed(name: str) -> None:
    assert _sizes()[name] > LIMIT


def _sizes() -> dict[str, int]:
    """Lines of each source file, by its path in the project."""
    files = [path for pattern in (*SOURCES, JAVA) for path in sorted(PROJECT.glob(pattern))]
    return {path.relative_to(PROJECT).as_posix(): len(path.read_text().splitlines()) for path in files}
