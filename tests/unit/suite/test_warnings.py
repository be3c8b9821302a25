"""A warning of our own ends a test; one of a library is shown, unless it is named by its message and its module."""

import tomllib
import warnings

import pytest

from tests.project import PROJECT

FILTERS = tomllib.loads((PROJECT / "pyproject.toml").read_text())["tool"]["pytest"]["ini_options"]["filterwarnings"]
OURS = ("tidegate", "producers", "flink_jobs")


@pytest.mark.parametrize("module", [f"{package}.any.module" for package in OURS])
def test_a_warning_of_our_own_is_an_error(module: str) -> None:
    with pytest.raises(FutureWarning, match="of our own"):
        warnings.warn_explicit("of our own", FutureWarning, "module.py", 1, module=module)


@pytest.mark.parametrize("ignored", [each for each in FILTERS if each.startswith("ignore")])
def test_an_ignored_one_is_named_by_message_and_by_the_module_of_a_library(ignored: str) -> None:
    _, message, category, module = ignored.split(":")
    assert len(message) > 10
    assert category
    assert module.replace("\\", "").count(".") >= 1
    assert not module.startswith(OURS)


def test_another_one_of_the_same_library_is_shown() -> None:
    with pytest.warns(DeprecationWarning, match="something else"):
        warnings.warn_explicit("something else", DeprecationWarning, "p.py", 1, module="pyflink.table.table")
