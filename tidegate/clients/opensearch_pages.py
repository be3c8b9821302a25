"""Documents as OpenSearch scrolls them, page by page: the next page is asked for while the last one is looked at.

A page is read by Arrow, without a Python object for each value, where it is as regular as pages are; any other by JSON.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from opensearchpy.helpers.errors import ScanError
from opensearchpy.serializer import JSONSerializer

KEEP = "5m"
"""How long OpenSearch keeps the snapshot between two pages."""
Hits = Sequence[Mapping[str, Any]]


class AsText(JSONSerializer):
    """Leaves answers as they came; what is sent is JSON."""

    def loads(self, s: str) -> Any:
        """The text."""
        return s


@dataclass(frozen=True, slots=True)
class RegularHits:
    """Documents that each have one whole number in each field; ``indices`` by their places."""

    ids: list[str]
    numbers: Mapping[str, NDArray[np.int64]]
    indices: Callable[[int], str]

    def __len__(self) -> int:
        return len(self.ids)


@dataclass(frozen=True, slots=True)
class Answer:
    """One page: its documents, and how to ask for the next."""

    hits: Hits | RegularHits
    scroll_id: str | None
    shards: Mapping[str, int]

    @property
    def is_whole(self) -> bool:
        """Whether all shards have answered."""
        shards = self.shards
        answered = shards.get("successful", 0) + shards.get("skipped", 0)
        return not shards.get("failed", 0) and answered >= shards.get("total", 0)


def scrolled(
    client: Any, first: Callable[[], Any], part: str, read: Callable[[str], Answer]
) -> Iterator[Hits | RegularHits]:
    """The pages' documents, until there are no more. ``read`` makes an answer of its text; ``part``: of a page.

    Raises:
        ScanError: a shard did not answer.
    """
    with ThreadPoolExecutor(1) as pool:
        answer = _answer(first(), read)
        try:
            while True:
                # Before it is taken for the end: a page may be empty because the shards with documents are missing.
                if not answer.is_whole:
                    raise ScanError(str(answer.scroll_id), "some shards did not answer")
                if not len(answer.hits):
                    break
                body = {"scroll_id": answer.scroll_id, "scroll": KEEP}
                coming = pool.submit(client.scroll, body=body, filter_path=part)
                yield answer.hits
                answer = _answer(coming.result(), read)
        finally:
            if answer.scroll_id:
                client.clear_scroll(body={"scroll_id": [answer.scroll_id]}, ignore=(404,))


def _answer(found: Any, read: Callable[[str], Answer]) -> Answer:
    return read(found) if isinstance(found, str) else of_json(found)


def of_json(found: Mapping[str, Any]) -> Answer:
    """An answer that was decoded."""
    return Answer(found.get("hits", {}).get("hits", []), found.get("_scroll_id"), found.get("_shards", {}))
