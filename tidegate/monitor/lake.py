"""Files of the lake's tables, from their metadata: a table is looked into only when it has a new snapshot."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from statistics import median
from typing import Any

from tidegate import metric_names
from tidegate.clients.lake import find_table, lake_errors, open_catalog
from tidegate.contracts.naming import Layer, lake_table
from tidegate.monitor.reading import Reader, Sample, Since
from tidegate.settings import Settings

LAYERS: tuple[Layer, ...] = ("bronze", "silver")


@dataclass(frozen=True, slots=True)
class TableFacts:
    """One table as of one snapshot; None is what the snapshot does not say."""

    snapshot_id: int
    committed_s: float
    rows: int | None
    files: int | None
    partition_files_max: int
    partition_files_avg: float
    partition_file_bytes: float | None


class LakeReader(Reader):
    """Reads the manifests of bronze and silver tables."""

    name = "lake"
    server = "lake"
    deadline_s = 60.0  # a first look into many tables takes its time

    def __init__(self, settings: Settings, datasets: Sequence[str], every_s: float) -> None:
        self.every_s = every_s
        self._settings = settings
        self._tables = [(dataset, lake_table(layer, dataset)) for dataset in datasets for layer in LAYERS]
        self._catalog: Any = None
        self._facts: dict[str, TableFacts] = {}

    def read(self) -> Iterator[Sample]:
        """The facts of the tables that are there and not empty; one that can't be read hides no other."""
        if self._catalog is None:
            self._catalog = open_catalog(self._settings)
        errors: list[Exception] = []
        for dataset, name in self._tables:
            try:
                facts = self._look(name)
            except Exception as error:  # noqa: BLE001 - raised below, when the other tables were told
                errors.append(error)
                continue
            if facts is not None:
                yield from samples(dataset, name, facts)
        if errors:
            raise errors[0]

    def _look(self, name: str) -> TableFacts | None:
        with lake_errors(self._settings):
            table = find_table(self._catalog, name)
            snapshot = None if table is None else table.current_snapshot()
            if snapshot is None:
                return None
            known = self._facts.get(name)
            if known is None or known.snapshot_id != snapshot.snapshot_id:
                self._facts[name] = known = table_facts(table, snapshot)
            return known


def table_facts(table: Any, snapshot: Any) -> TableFacts:
    """What the snapshot's summary says, and the files of each partition from its manifests."""
    contents = import_module("tidegate.clients.lake_contents")  # pyiceberg's, which the light install lacks
    partitions = defaultdict[str, list[int]](list)
    for file in contents.current_files(table, snapshot.snapshot_id):
        if not file.is_delete:
            partitions[file.partition].append(file.bytes)
    counts = [len(sizes) for sizes in partitions.values()]
    fullest = max(partitions.values(), key=len, default=[])
    return TableFacts(
        snapshot_id=snapshot.snapshot_id,
        committed_s=snapshot.timestamp_ms / 1000,
        rows=_total(snapshot, "total-records"),
        files=_total(snapshot, "total-data-files"),
        partition_files_max=len(fullest),
        partition_files_avg=sum(counts) / len(counts) if counts else 0.0,
        partition_file_bytes=median(fullest) if fullest else None,
    )


def _total(snapshot: Any, name: str) -> int | None:
    """A total that the writer of the snapshot may have left out."""
    value = None if snapshot.summary is None else snapshot.summary.get(name)
    return None if value is None else int(value)


def samples(dataset: str, table: str, facts: TableFacts) -> Iterator[Sample]:
    """The facts as metrics."""
    labels = (dataset, table)
    for metric, total in ((metric_names.LAKE_FILES, facts.files), (metric_names.LAKE_ROWS, facts.rows)):
        if total is not None:
            yield Sample(metric, labels, total)
    yield Sample(metric_names.LAKE_PARTITION_FILES_MAX, labels, facts.partition_files_max)
    yield Sample(metric_names.LAKE_PARTITION_FILES_AVG, labels, facts.partition_files_avg)
    if facts.partition_file_bytes is not None:
        yield Sample(metric_names.LAKE_PARTITION_FILE_BYTES, labels, facts.partition_file_bytes)
    yield Sample(metric_names.LAKE_COMMIT_AGE, labels, Since(facts.committed_s))
