"""What all tests share: at the end, the seconds that each part of the suite took."""

import os
from collections import defaultdict
from collections.abc import Generator, Iterator

import pytest

pytest_plugins = ["tests.servers", "tests.pipeline"]

_seconds = pytest.StashKey[defaultdict[str, float]]()


def pytest_configure(config: pytest.Config) -> None:
    """Starts the count."""
    config.stash[_seconds] = defaultdict(float)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The demo has a stack of its own: before the shared one is up it has the machine's cores for itself."""
    demo = [item for item in items if item.path.name == "test_demo.py"]
    if demo:
        first = next(position for position, item in enumerate(items) if item.path.parent.name == "stack")
        rest = [item for item in items[first:] if item not in demo]
        items[first:] = [*demo, *rest]


@pytest.fixture(autouse=True)
def _settings_stay() -> Iterator[None]:
    """A test that leaves a setting in the environment would decide the outcome of those behind it."""
    before = _settings()
    yield
    assert _settings() == before, "this test leaves a setting changed"


def _settings() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name.startswith("TIDEGATE_")}


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Adds a test's seconds, with its fixtures', to its part: the folder below ``tests/``."""
    report = yield
    part = item.path.relative_to(item.config.rootpath).parts[1]
    item.config.stash[_seconds][part] += report.duration
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Prints one line with all parts."""
    parts = ", ".join(f"{part} {seconds:.0f} s" for part, seconds in config.stash[_seconds].items())
    terminalreporter.write_line(f"seconds per part: {parts or 'no test ran'}")
