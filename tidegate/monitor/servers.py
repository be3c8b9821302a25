"""Whether registry and OpenSearch answer, and how many documents there are."""

from collections.abc import Iterator, Sequence

from tidegate import metric_names
from tidegate.clients.opensearch import SearchClient
from tidegate.clients.registry import RegistryClient
from tidegate.contracts import naming
from tidegate.contracts.model import Contract
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
        self._subjects = [naming.subject(contract.topic.name) for contract in contracts[:1]]

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
