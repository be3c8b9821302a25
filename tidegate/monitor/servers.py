"""Whether registry and OpenSearch answer, how many documents there are, and how many more OpenSearch has room for."""

from collections.abc import Iterator, Sequence

from tidegate import metric_names
from tidegate.clients.opensearch import SearchClient
from tidegate.clients.registry import RegistryClient
from tidegate.contracts.model import Contract
from tidegate.contracts.topics import raw_subject
from tidegate.errors import TidegateError, TransientError
from tidegate.monitor.reading import Reader, Sample
from tidegate.search.mapping import alias
from tidegate.settings import Settings


class RegistryReader(Reader):
    """Asks the registry for the versions of one subject."""

    name = "registry"
    server = "registry"

    def __init__(self, settings: Settings, contracts: Sequence[Contract], every_s: float) -> None:
        self.every_s = every_s
        self._client = RegistryClient(settings, timeout_s=5)
        self._subjects = [raw_subject(contract) for contract in contracts[:1]]

    def read(self) -> Iterator[Sample]:
        """Nothing but its being there."""
        if self._subjects:
            self._client.versions(self._subjects[0])
        else:
            self._client.subjects()
        return iter(())


class SearchReader(Reader):
    """Counts the documents of each dataset."""

    name = "documents"
    server = "opensearch"

    def __init__(self, settings: Settings, contracts: Sequence[Contract], every_s: float) -> None:
        self.every_s = every_s
        self._client = SearchClient(settings, timeout_s=5)
        self._contracts = [contract for contract in contracts if contract.index is not None]

    def read(self) -> Iterator[Sample]:
        """Documents behind each alias; one that is refused hides no other."""
        refusals = []
        for contract in self._contracts:
            try:
                documents = self._client.count(alias(contract))
            except TransientError:
                raise
            except TidegateError as error:
                refusals.append(error)
            else:
                yield Sample(metric_names.DOCUMENTS, (contract.dataset,), documents)
        if refusals:
            raise refusals[0]


class RoomReader(Reader):
    """What OpenSearch may soon refuse every document for."""

    name = "room of OpenSearch"
    every_s = 60.0

    def __init__(self, settings: Settings) -> None:
        self._client = SearchClient(settings, timeout_s=5)

    def read(self) -> Iterator[Sample]:
        """Shards, the fullest disk, and blocks; nothing where OpenSearch keeps its cluster to itself."""
        try:
            room = self._client.room()
        except TransientError:
            raise
        except (TidegateError, KeyError):
            return
        yield Sample(metric_names.SEARCH_SHARDS, (), room.shards)
        yield Sample(metric_names.SEARCH_SHARDS_MAX, (), room.max_shards)
        yield Sample(metric_names.SEARCH_BLOCKS, (), len(room.blocks))
        if room.disk_percent is not None:
            yield Sample(metric_names.SEARCH_DISK_USED, (), room.disk_percent / 100)
