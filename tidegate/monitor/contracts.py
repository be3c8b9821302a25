"""Which datasets are watched: a contract that is wrong is told by name, and takes no other with it."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

from tidegate import metric_names
from tidegate.contracts.dataset import Dataset, Files, Stream, is_stream
from tidegate.contracts.load import dataset_names, load_dataset
from tidegate.contracts.sound import Sound, sound_datasets
from tidegate.errors import ContractError
from tidegate.monitor.reading import Reader, Sample

EVERY_S = 5.0
Seen = dict[str, tuple[int, int]]
"""By path below the folder of contracts: when it was changed, in ns, and its size."""


class Contracts:
    """The contracts of a folder, read again when one of its files has changed: looking at these costs next to nothing.

    ``sound``: those that can work, and why others can't. ``streams`` and ``files`` are watched: also those that jobs
    would leave out, since an earlier start may run them; of one that can't work any more, the contract that did last.

    Raises:
        ContractError: there is no such folder.
    """

    def __init__(self, schemas_dir: Path) -> None:
        self._schemas_dir = schemas_dir
        self._seen = _seen(schemas_dir)
        self.sound = sound_datasets(schemas_dir)
        self._watched = self._all_watched({})

    @property
    def streams(self) -> list[Stream]:
        """Those whose events come by a topic."""
        return [each for each in self._watched if is_stream(each)]

    @property
    def files(self) -> list[Files]:
        """Those whose events come in daily files."""
        return [each for each in self._watched if isinstance(each, Files)]

    @property
    def proved(self) -> list[str]:
        """The streams that jobs work on; of others every event would be missing."""
        return [stream.name for stream in self.sound.streams]

    def renew(self) -> bool:
        """Reads what has changed; whether it changes anything for who watches."""
        seen = _seen(self._schemas_dir)
        if seen == self._seen:
            return False
        sound: Sound = sound_datasets(self._schemas_dir)
        before, self._seen, self.sound = (self._watched, self.proved), seen, sound
        self._watched = self._all_watched({each.name: each for each in self._watched})
        return before != (self._watched, self.proved)

    def _all_watched(self, last: dict[str, Stream]) -> list[Stream]:
        working = {dataset.name: dataset for dataset in self.sound.datasets}
        found = (
            working.get(name) or last.get(name) or _read(self._schemas_dir, name)
            for name in dataset_names(self._schemas_dir)
        )
        return [dataset for dataset in found if isinstance(dataset, Stream)]


class ContractReader(Reader):
    """Tells whether contracts can work; ``changed`` hears when there are others to watch than before."""

    name = "contracts"
    every_s = EVERY_S

    def __init__(self, contracts: Contracts, changed: Callable[[], object] = lambda: None) -> None:
        self._contracts = contracts
        self._changed = changed

    def read(self) -> Iterator[Sample]:
        """Whether each one can work.

        Raises:
            ContractError: what is wrong with the first one that can't.
        """
        if self._contracts.renew():
            self._changed()
        sound = self._contracts.sound
        for dataset in sound.datasets:
            yield Sample(metric_names.CONTRACT_OK, (dataset.name,), 1.0)
        for name in sound.left_out:
            yield Sample(metric_names.CONTRACT_OK, (name,), 0.0)
        for name, found in sound.left_out.items():
            raise ContractError(f"{name}: {found.file}: {found.place}: {found.problem}.", remedy=found.remedy)


def _read(schemas_dir: Path, name: str) -> Dataset | None:
    with suppress(Exception):  # whatever one folder holds, the others are watched; the reader says what it is
        return load_dataset(schemas_dir, name)
    return None


def _seen(schemas_dir: Path) -> Seen:
    """Those of datasets and their metrics, also behind links, as Kubernetes mounts a folder."""
    found = {}
    for pattern in ("*", "*/*", "*/*/*"):
        for path in schemas_dir.glob(pattern):
            with suppress(OSError):  # it went meanwhile
                facts = path.stat()
                found[str(path)] = (facts.st_mtime_ns, facts.st_size)
    return found
