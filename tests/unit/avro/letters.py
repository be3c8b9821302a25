"""Dead letters of all kinds, as hypothesis makes them up, and letters as columns of Arrow."""

from typing import Any

import pyarrow as pa
from hypothesis import strategies as st

from tests.letters import letter

TEXT = st.text(max_size=200)
TIME = pa.timestamp("us", "UTC")
HEADERS = pa.map_(pa.string(), pa.binary())
SOURCE = pa.struct(
    {
        "topic": pa.string(),
        "partition": pa.int32(),
        "offset": pa.int64(),
        "timestamp": TIME,
        "key": pa.binary(),
        "headers": HEADERS,
        "row": pa.int64(),
    }
)
COLUMNS = pa.schema(
    {
        "dead_letter_id": pa.large_string(),
        "failed_at": TIME,
        "first_failed_at": pa.timestamp("ms", "UTC"),
        "dataset": pa.string(),
        "stage": pa.string(),
        "error_code": pa.string(),
        "error_message": pa.string(),
        "violations": pa.list_(pa.struct({name: pa.string() for name in ("rule", "field", "message")})),
        "retryable": pa.bool_(),
        "attempt": pa.int32(),
        "processor": pa.struct({name: pa.string() for name in ("name", "version", "job_id")}),
        "contract": pa.struct({"subject": pa.string(), "schema_id": pa.int32()}),
        "source": SOURCE,
        "source_file": pa.struct({"uri": pa.string(), "row": pa.int64(), "checksum": pa.string()}),
        "payload": pa.large_binary(),
        "payload_encoding": pa.string(),
        "payload_sha256": pa.string(),
        "payload_truncated": pa.bool_(),
        "replay_id": pa.string(),
        "_beside": pa.int32(),
    }
)


def as_columns(letters: list[dict[str, Any]]) -> Any:
    """As the lake's data files have them, and a column that no letter has."""
    return pa.RecordBatch.from_pylist([row_of(each) for each in letters], COLUMNS)


def row_of(each: dict[str, Any]) -> dict[str, Any]:
    """As Arrow takes it: a map is a list of pairs, a time is of microseconds; one has some that a letter leaves out."""
    source = each["source"]
    if source is not None:
        at_us = source["timestamp"] * 1000 + 999
        source = source | {"timestamp": at_us, "headers": [*source["headers"].items()]}
    return each | {"failed_at": each["failed_at"] * 1000, "source": source}


def made_letters(most_ms: int = 2**62) -> st.SearchStrategy[dict[str, Any]]:
    """``most_ms``: how far from 1970 a letter's time may be."""
    return st.builds(
        letter,
        offset=st.integers(0, 2**62),
        rules=st.lists(TEXT, max_size=4).map(tuple),
        failed_at=st.integers(-most_ms, most_ms),
        contract=st.fixed_dictionaries({"subject": TEXT, "schema_id": st.none() | st.integers(0, 2**31 - 1)}),
        source=st.fixed_dictionaries(
            {
                "key": st.none() | st.binary(max_size=80),
                "headers": st.dictionaries(TEXT, st.none() | st.binary(max_size=90), max_size=3),
                "row": st.none() | st.integers(0, 2**62),
            }
        ),
        payload=st.none() | st.binary(max_size=300),
        payload_truncated=st.booleans(),
        replay_id=st.none() | TEXT,
    )
