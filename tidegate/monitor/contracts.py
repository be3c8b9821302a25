"""Which datasets are watched: a contract that is wrong is told by name, and takes no other with it."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from tidegate import metric_names
from tidegate.contracts.dataset import Dataset, Stream
from tidegate.contracts.load import dataset_names, load_dataset
from tidegate.contracts.sound import sound_datasets
from tidegate.errors import ContractError
from tidegate.monitor.reading import Reader, Sample

EVERY_S = 60.0


class ContractReader(Reader):
    """Checks the contracts again and again: one that is mended is told, and watched from the monitor's next start."""

    name = "contracts"
    every_s = EVERY_S

    def __init__(self, schemas_dir: Path) -> None:
        self._schemas_dir = schemas_dir

    def read(self) -> Iterator[Sample]:
        """Whether each one can work.

        Raises:
            ContractError: what is wrong with the first one that can't.
        """
        sound = sound_datasets(self._schemas_dir)
        for dataset in sound.datasets:
            yield Sample(metric_names.CONTRACT_OK, (dataset.name,), 1.0)
        for name in sound.left_out:
            yield Sample(metric_names.CONTRACT_OK, (name,), 0.0)
        for name, found in sound.left_out.items():
            raise ContractError(f"{name}: {found.file}: {found.place}: {found.problem}.", remedy=found.remedy)


def watched_streams(schemas_dir: Path) -> list[Stream]:
    """The datasets whose contracts can be read, also those that jobs would leave out: an earlier start may run them.

    Raises:
        ContractError: there is no such folder.
    """
    found = (_read(schemas_dir, name) for name in dataset_names(schemas_dir))
    return [dataset for dataset in found if isinstance(dataset, Stream)]


def proved_streams(schemas_dir: Path) -> list[Stream]:
    """The datasets that jobs work on; of others every event would be missing.

    Raises:
        ContractError: there is no such folder.
    """
    return sound_datasets(schemas_dir).streams


def _read(schemas_dir: Path, name: str) -> Dataset | None:
    with suppress(Exception):  # whatever one folder holds, the others are watched; the reader says what it is
        return load_dataset(schemas_dir, name)
    return None
