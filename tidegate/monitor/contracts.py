"""Which datasets can be watched: a contract that can't be read is told by name, and takes no other with it."""

from collections.abc import Iterator
from pathlib import Path

from tidegate import metric_names
from tidegate.contracts.dataset import Dataset, Stream
from tidegate.contracts.load import dataset_names, load_dataset
from tidegate.monitor.reading import Reader, Sample

EVERY_S = 60.0


class ContractReader(Reader):
    """Reads the contracts again and again: one that is mended is told, and watched from the monitor's next start."""

    name = "contracts"
    every_s = EVERY_S

    def __init__(self, schemas_dir: Path) -> None:
        self._schemas_dir = schemas_dir

    def read(self) -> Iterator[Sample]:
        """Whether each one can be read.

        Raises:
            Exception: what is wrong with the first one that can't.
        """
        found = read_all(self._schemas_dir)
        for name, dataset in found.items():
            yield Sample(metric_names.CONTRACT_READABLE, (name,), float(not isinstance(dataset, Exception)))
        if errors := [dataset for dataset in found.values() if isinstance(dataset, Exception)]:
            raise errors[0]


def read_all(schemas_dir: Path) -> dict[str, Dataset | Exception]:
    """Each dataset, or why it can't be read.

    Raises:
        ContractError: there is no such folder.
    """
    return {name: _read(schemas_dir, name) for name in dataset_names(schemas_dir)}


def readable_streams(schemas_dir: Path) -> list[Stream]:
    """The datasets that jobs refine, without those that can't be read.

    Raises:
        ContractError: there is no such folder.
    """
    return [dataset for dataset in read_all(schemas_dir).values() if isinstance(dataset, Stream)]


def _read(schemas_dir: Path, name: str) -> Dataset | Exception:
    try:
        return load_dataset(schemas_dir, name)
    except Exception as error:  # noqa: BLE001 - whatever one folder holds, the others are watched
        return error
