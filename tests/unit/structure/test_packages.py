"""A folder runs nothing when it is imported: its ``__init__.py`` says at most what the folder holds."""

import ast
from pathlib import Path

import pytest

from tests.project import PROJECT

PACKAGES = [path for package in ("flink_jobs", "producers", "tidegate") for path in (PROJECT / package).rglob("*.py")]
VERSION = "tidegate/__init__.py"
"""The one that holds something: the version, which ``pyproject.toml`` has too."""


@pytest.mark.parametrize(
    "path",
    sorted(path for path in PACKAGES if path.name == "__init__.py"),
    ids=lambda path: path.relative_to(PROJECT).as_posix(),
)
def test_a_package_holds_no_code(path: Path) -> None:
    body = ast.parse(path.read_text()).body
    statements = [statement for statement in body if not _is_text(statement)]

    if path == PROJECT / VERSION:
        assert [ast.unparse(statement).split(" = ")[0] for statement in statements] == ["__version__"]
    else:
        assert statements == []


def test_every_folder_of_code_is_a_package() -> None:
    folders = {path.parent for path in PACKAGES}

    assert [folder for folder in sorted(folders) if not (folder / "__init__.py").is_file()] == []


def _is_text(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
