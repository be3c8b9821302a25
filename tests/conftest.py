"""What all tests share: at the end, the seconds that each part of the suite took."""

import os
from collections import defaultdict
from collections.abc import Iterator

import pytest

from tests.workers import be_worker, is_worker, longest_first, needs_no_server, scheduler, step_back

pytest_plugins = ["tests.servers", "tests.pipeline"]

_seconds: defaultdict[str, float] = defaultdict(float)


def pytest_addoption(parser: pytest.Parser) -> None:
    """What ``make faults`` adds."""
    parser.addoption("--all-faults", action="store_true", help="all faults, and of all else what is marked as long")


def pytest_configure(config: pytest.Config) -> None:
    """Where this is one of several workers."""
    if is_worker(config):
        be_worker()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> object:
    """Where pytest is told to use several workers: who runs which tests."""
    return scheduler(config, log)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Long tests wait for ``make faults``; the demo, with a stack of its own, runs before the shared one is up."""
    _leave_out(config, items)
    if is_worker(config):
        items[:] = longest_first(items, [item.nodeid for item in items])
    demo = [item for item in items if item.path.name == "test_demo.py"]
    if demo:
        first = next(position for position, item in enumerate(items) if item.path.parent.name == "stack")
        rest = [item for item in items[first:] if item not in demo]
        items[first:] = [*demo, *rest]


def _leave_out(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--all-faults"):
        items[:] = [item for item in items if item.get_closest_marker("long") or item.path.parent.name == "faults"]
        return
    for item in items:
        if item.get_closest_marker("long"):
            item.add_marker(pytest.mark.skip(reason="long: `make faults` runs it"))


def pytest_runtest_setup(item: pytest.Item) -> None:
    """A worker whose tests need no server leaves the cores to the one whose tests do."""
    if is_worker(item.config) and needs_no_server(item.nodeid):
        step_back()


@pytest.fixture(autouse=True)
def _settings_stay(request: pytest.FixtureRequest) -> Iterator[None]:
    """A test that leaves a setting in the environment would decide the outcome of those behind it.

    A stack's settings stay for the whole session: those who need no server do not see them.
    """
    with pytest.MonkeyPatch.context() as environment:  # not the test's own, which would be undone behind the check
        if needs_no_server(request.node.nodeid):
            for name in _settings().keys() - {"TIDEGATE_CACHE"}:
                environment.delenv(name)
        before = _settings()
        yield
        assert _settings() == before, "this test leaves a setting changed"


def _settings() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name.startswith("TIDEGATE_")}


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Adds a test's seconds, with its fixtures', to its part: the folder below ``tests/``."""
    _seconds[report.nodeid.split("/")[1]] += report.duration


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Prints one line with all parts."""
    parts = ", ".join(f"{part} {seconds:.0f} s" for part, seconds in _seconds.items())
    terminalreporter.write_line(f"seconds per part: {parts or 'no test ran'}")
