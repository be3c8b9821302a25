"""A newcomer finds the test of a file by the file's path, and the file by its test's.

``tidegate/a/b.py`` has ``tests/unit/a/test_b.py``; those of ``producers`` and ``flink_jobs`` keep that first folder.
What needs embedded Flink may be in ``tests/flink/test_b.py``.
"""

from pathlib import Path, PurePosixPath

import pytest

from tests.project import PROJECT
from tests.unit.structure.covered_elsewhere import COVERED

UNIT = PurePosixPath("tests/unit")
PACKAGES = ("flink_jobs", "producers", "tidegate")
MODULES = sorted(
    path.relative_to(PROJECT).as_posix()
    for package in PACKAGES
    for path in (PROJECT / package).rglob("*.py")
    if path.name != "__init__.py"
)

NO_MODULE = {
    "tests/unit/contracts/new/test_inputs.py": "samples as the world sends them, through reading, scaffold and check",
    "tests/unit/contracts/test_field_readers.py": "of the project as a whole: who reads which field of a contract",
    "tests/unit/deploy": "what is deployed is no Python: Compose, the image, Kubernetes, Grafana, Prometheus",
    "tests/unit/sql/test_golden.py": "the whole SQL of every job, kept as text",
    "tests/unit/structure": "of the project as a whole: its shape",
    "tests/unit/suite": "what tests themselves are made of: waiting, asking OpenSearch, warnings",
    "tests/unit/test_docs.py": "of the project as a whole: its pages",
    "tests/unit/test_query_page.py": "docs/query.md: its questions are asked",
    "tests/unit/test_reference_page.py": "docs/reference-data.md: its files are checked, its command is run",
    "tests/unit/test_layout.py": "of the project as a whole: what it needs to be imported, and its lock files",
}
"""Unit tests, or folders of them, that no module has the name of, each with its reason."""


@pytest.mark.parametrize("module", MODULES)
def test_a_module_has_a_test_of_its_name_or_says_what_covers_it(module: str) -> None:
    own = [path for path in _own_tests(module) if (PROJECT / path).is_file()]

    if module in COVERED:
        assert own == [], f"{module} has a test of its name: its line in covered_elsewhere.py goes"
    else:
        assert own, f"{module} needs {_own_tests(module)[0]}, or a line in covered_elsewhere.py"


@pytest.mark.parametrize(("module", "test"), COVERED.items())
def test_what_covers_a_module_is_there(module: str, test: str) -> None:
    assert module in MODULES
    assert (PROJECT / test).is_file()
    assert Path(test).name.startswith("test_")


@pytest.mark.parametrize(
    "test", sorted(path.relative_to(PROJECT).as_posix() for path in (PROJECT / UNIT).rglob("test_*.py"))
)
def test_a_unit_test_is_where_its_module_is(test: str) -> None:
    listed = any(PurePosixPath(test).is_relative_to(entry) for entry in NO_MODULE)
    tested = [module for module in _modules_of(test) if module in MODULES]

    assert listed != bool(tested), f"{test} mirrors {tested or 'no module'}"


@pytest.mark.parametrize("entry", NO_MODULE)
def test_a_unit_test_without_a_module_is_still_there(entry: str) -> None:
    assert (PROJECT / entry).exists()


def _own_tests(module: str) -> list[str]:
    """Where the test of the module's own name may be."""
    path = PurePosixPath(module)
    name = f"test_{path.name}"
    inside = path.parent.relative_to("tidegate") if path.parts[0] == "tidegate" else path.parent
    found = [UNIT / inside / name]
    if path.parts[0] == "flink_jobs":
        found.append(PurePosixPath("tests/flink") / path.parent.relative_to("flink_jobs") / name)
    return [place.as_posix() for place in found]


def _modules_of(test: str) -> list[str]:
    """What a unit test may be the test of."""
    path = PurePosixPath(test).relative_to(UNIT)
    module = path.with_name(path.name.removeprefix("test_"))
    return [module.as_posix(), (PurePosixPath("tidegate") / module).as_posix()]
