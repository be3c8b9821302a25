"""OpenSearch's query for documents by numbers in a field, of which there may be more than one query may name. Pure."""

from collections.abc import Iterable
from typing import Any

MOST_TERMS = 65_536
"""Of one ``terms`` query, unless ``index.max_terms_count`` says otherwise."""


def with_number(field: str, numbers: Iterable[int]) -> dict[str, Any]:
    """Documents of which the field has one of the numbers; none where there is no number."""
    wanted = sorted(set(numbers))
    starts = range(0, max(1, len(wanted)), MOST_TERMS)
    parts = [{"terms": {field: wanted[start : start + MOST_TERMS]}} for start in starts]
    return parts[0] if len(parts) == 1 else {"bool": {"should": parts, "minimum_should_match": 1}}
