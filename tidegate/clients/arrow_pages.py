"""A page of documents read by Arrow: thousands of them without a Python object for each value."""

import json
from collections.abc import Sequence
from io import BytesIO
from typing import Any

import pyarrow as pa
from pyarrow import json as arrow_json

from tidegate.clients.opensearch_pages import Answer, RegularHits, of_json


def read_answer(text: str, fields: Sequence[str]) -> Answer:
    """The answer in this text; its documents are regular where each has one whole number in each of the fields."""
    try:
        row = _table(text, fields)
        hits = row.column("hits").chunk(0).field("hits").flatten()
        shards, scroll_id = row.column("_shards")[0].as_py(), row.column("_scroll_id")[0].as_py()
        numbers = {name: _numbers(hits.field("fields").field(name)) for name in fields}
    except (pa.ArrowException, KeyError, ValueError):
        return of_json(json.loads(text))
    indices, ids = hits.field("_index"), hits.field("_id")
    if ids.null_count or indices.null_count or any(len(found) != len(ids) for found in numbers.values()):
        return of_json(json.loads(text))
    regular = RegularHits(ids.to_pylist(), numbers, lambda place: str(indices[place]))
    return Answer(regular, scroll_id, shards)


def _table(text: str, fields: Sequence[str]) -> Any:
    """The text as a table of one row. A type is said wherever Arrow would take a text for a time."""
    numbers = pa.struct([(name, pa.list_(pa.int64())) for name in fields])
    hit = pa.struct([("_index", pa.string()), ("_id", pa.string()), ("fields", numbers)])
    schema = pa.schema([("_scroll_id", pa.string()), ("hits", pa.struct([("hits", pa.list_(hit))]))])
    data = text.encode()
    return arrow_json.read_json(
        BytesIO(data),
        read_options=arrow_json.ReadOptions(use_threads=False, block_size=len(data) + 1),
        parse_options=arrow_json.ParseOptions(explicit_schema=schema),
    )


def _numbers(lists: Any) -> Any:
    """The one number of each list.

    Raises:
        ValueError: one has none or several.
    """
    lengths = lists.value_lengths()
    if lists.null_count or not pa.compute.all(pa.compute.equal(lengths, 1)).as_py():
        raise ValueError("not one number each")
    values = lists.flatten()
    if values.null_count:
        raise ValueError("not a number each")
    return values.to_numpy()
