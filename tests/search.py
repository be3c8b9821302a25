"""What a test asks OpenSearch."""

from typing import Any

from tidegate.clients.opensearch import SearchClient


def buckets(client: SearchClient, index: str, aggregation: dict[str, Any]) -> list[dict[str, Any]]:
    """The buckets of one aggregation over an index or alias; none while there is no such index.

    OpenSearch leaves the aggregations out of its answer then.
    """
    answer = client.search(index, {"size": 0, "aggs": {"asked": aggregation}})
    return [*answer.get("aggregations", {"asked": {"buckets": []}})["asked"]["buckets"]]
