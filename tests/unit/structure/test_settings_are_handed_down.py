"""Settings are read at the edge, and nothing is handed over by this process's own environment."""

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.project import PROJECT

SOURCES = [path for package in ("flink_jobs", "producers", "tidegate") for path in (PROJECT / package).rglob("*.py")]
READ_THEM = {
    "flink_jobs/check_contracts.py",
    "flink_jobs/check_files.py",
    "flink_jobs/compact.py",
    "flink_jobs/dry_run.py",
    "flink_jobs/submit.py",
    "tidegate/clients/warehouse.py",
    "tidegate/log.py",
}
"""Beside the command line: programs of their own, and what must hide the secrets of all settings in every line."""
WRITING = {"setdefault", "update", "pop", "popitem", "clear", "putenv"}


def test_only_the_edge_reads_settings() -> None:
    readers = {_name(path) for path in SOURCES if "get_settings" in {_called(node) for node in _nodes(path)}}

    assert {name for name in readers if not name.startswith("tidegate/cli/")} == READ_THEM


def test_nothing_writes_the_environment() -> None:
    assert [_name(path) for path in SOURCES if any(_writes(node) for node in _nodes(path))] == []


def _nodes(path: Path) -> Iterator[ast.AST]:
    return ast.walk(ast.parse(path.read_text()))


def _called(node: ast.AST) -> str | None:
    return node.func.id if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) else None


def _writes(node: ast.AST) -> bool:
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return node.func.attr in WRITING and ast.unparse(node.func.value) in ("os.environ", "os")
    if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store | ast.Del):
        return ast.unparse(node.value) == "os.environ"
    return False


def _name(path: Path) -> str:
    return path.relative_to(PROJECT).as_posix()
