"""Daily files by state, and the dates of which they are late, from the lake's table of versions."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from importlib import import_module
from typing import Any

from tidegate import metric_names
from tidegate.clients.lake import find_table, lake_errors, open_catalog
from tidegate.contracts.dataset import Files
from tidegate.files.expected import MOST_DAYS, late
from tidegate.monitor.reading import Reader, Sample
from tidegate.settings import Settings

STATES = ("seen", "checked", "loading", "loaded", "quarantined")
"""Those that something follows from."""
Dates = dict[date, Counter[str]]
"""By date, how many files are in which state; every date that is known is there."""


@dataclass(frozen=True, slots=True)
class _Known:
    """As of one snapshot of the table."""

    snapshot_id: int
    dates: dict[str, Dates]


class FilesReader(Reader):
    """Reads the states of all versions after each commit to them; lateness goes by the clock alone."""

    name = "files"
    every_s = 60.0
    deadline_s = 60.0

    def __init__(self, settings: Settings, datasets: Sequence[Files]) -> None:
        self._settings = settings
        self._datasets = datasets
        self._known: _Known | None = None

    def read(self) -> Iterator[Sample]:
        """By dataset; zeros of one that no file came of yet.

        Raises:
            TransientError, TidegateError: as :func:`tidegate.clients.lake.lake_errors`.
        """
        now = datetime.now(UTC)
        found = self._look()
        for files in self._datasets:
            yield from samples(files, found.get(files.name, {}), now)

    def _look(self) -> dict[str, Dates]:
        versions = import_module("tidegate.clients.file_versions")  # pyiceberg's, which the light install lacks
        catalog = open_catalog(self._settings)
        with lake_errors(self._settings):
            table = find_table(catalog, versions.TABLE)
            snapshot = None if table is None else table.current_snapshot()
        if snapshot is None:
            return {}
        if self._known is None or self._known.snapshot_id != snapshot.snapshot_id:
            names = [files.name for files in self._datasets]
            self._known = _Known(
                snapshot.snapshot_id, {name: by_date(versions.read_versions(self._settings, name)) for name in names}
            )
        return self._known.dates


def by_date(versions: Iterable[Any]) -> Dates:
    """Of the newest states of versions; repair files are the gate's own, and nobody waits for them."""
    found: Dates = defaultdict(Counter)
    for version in versions:
        if version.repairs is None:
            found[version.date][version.state] += 1
    return dict(found)


def samples(files: Files, dates: Dates, now: datetime) -> Iterator[Sample]:
    """The metrics of one dataset."""
    since = now.date() - timedelta(days=MOST_DAYS)
    states = sum((found for day, found in dates.items() if day >= since), Counter[str]())
    for state in STATES:
        yield Sample(metric_names.FILES, (files.name, state), float(states[state]))
    yield Sample(metric_names.FILES_LATE, (files.name,), float(len(late(files.file.expected, dates, now))))
