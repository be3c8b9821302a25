"""What a replay would do to the index: whether it can, and which documents it would write again.

Whether it can is asked again when it is run: the contract may have changed since it was planned.
"""

from tidegate.clients.document_versions import documents_count
from tidegate.clients.opensearch import SearchClient
from tidegate.contracts import naming
from tidegate.contracts.dataset import Stream
from tidegate.errors import TidegateError
from tidegate.replay.row_range import RowRange
from tidegate.search.mapping import alias, no_search_index
from tidegate.search.templates import index_status
from tidegate.settings import Settings


def refuse_index(settings: Settings, stream: Stream) -> None:
    """Makes sure that the index takes the documents of the contract as it is: else old ones would go, and none come.

    Raises:
        TidegateError: the dataset has no index, its template is not the contract's, or nothing can be written to one.
        TransientError: OpenSearch does not answer.
    """
    if stream.contract.index is None:
        raise no_search_index(stream)
    client, name = SearchClient(settings), alias(stream.contract)
    status = index_status(client, settings, stream)[0]
    if status.template != "current":
        raise TidegateError(
            f"the search template of {stream.name} is not what its contract says: {status.template}.",
            remedy=f"Run `tidegate index apply {stream.name}`, then this again.",
        )
    prefix = naming.index_prefix(name)
    if blocked := [block for block in client.room().blocks if block.startswith(prefix)]:
        raise TidegateError(
            f"OpenSearch takes no documents for {blocked[0]}.", remedy="Lift the block (`tidegate doctor` names it)."
        )


def documents_of(settings: Settings, stream: Stream, rows: RowRange) -> int:
    """How many documents of the range there are."""
    name = alias(stream.contract)
    SearchClient(settings).refresh(name)
    return documents_count(settings, name, rows.documents)
