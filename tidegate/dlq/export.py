"""Letters as a file: Parquet, or JSON lines whose bytes are in base64."""

import base64
import json
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa
import pyarrow.parquet as pq

from tidegate.dead_letters.filter import Found
from tidegate.errors import TidegateError

ExportFormat = Literal["parquet", "jsonl"]
_ROWS = 5_000
_TIME = pa.timestamp("ms", tz="UTC")
_TEXTS = ("dead_letter_id", "dataset", "stage", "error_code", "error_message")
SCHEMA = pa.schema(
    [
        ("letter_topic", pa.string()),
        ("letter_partition", pa.int32()),
        ("letter_offset", pa.int64()),
        *((name, pa.string()) for name in _TEXTS),
        ("failed_at", _TIME),
        ("first_failed_at", _TIME),
        ("violations", pa.list_(pa.struct([(name, pa.string()) for name in ("rule", "field", "message")]))),
        ("retryable", pa.bool_()),
        ("attempt", pa.int32()),
        ("processor", pa.struct([(name, pa.string()) for name in ("name", "version", "job_id")])),
        ("contract", pa.struct([("subject", pa.string()), ("schema_id", pa.int32())])),
        (
            "source",
            pa.struct(
                [
                    ("topic", pa.string()),
                    ("partition", pa.int32()),
                    ("offset", pa.int64()),
                    ("timestamp", _TIME),
                    ("key", pa.binary()),
                    ("headers", pa.map_(pa.string(), pa.binary())),
                    ("row", pa.int64()),
                ]
            ),
        ),
        ("payload", pa.binary()),
        ("payload_encoding", pa.string()),
        ("payload_sha256", pa.string()),
        ("payload_truncated", pa.bool_()),
        ("replay_id", pa.string()),
    ]
)


def export(letters: Iterable[Found], path: Path, file_format: ExportFormat) -> Iterator[int]:
    """Writes the letters, and gives how many at a time; the file is there when it is whole.

    Raises:
        TidegateError: it can't be written.
    """
    if not path.absolute().parent.is_dir():
        raise TidegateError(f"there is no folder {path.parent}.", remedy="Make it, or name another file.")
    draft = path.with_name(f".{path.name}.part")
    writer = _parquet if file_format == "parquet" else _json_lines
    try:
        yield from writer(iter(letters), draft)
        draft.replace(path)
    except OSError as error:
        raise TidegateError(f"{path} can't be written: {error.strerror}.", remedy="Name another file.") from error
    finally:
        draft.unlink(missing_ok=True)


def _parquet(letters: Iterator[Found], draft: Path) -> Iterator[int]:
    with pq.ParquetWriter(draft, SCHEMA, compression="zstd") as writer:
        while some := [*islice(letters, _ROWS)]:
            writer.write_table(pa.Table.from_pylist([_row(each) for each in some], SCHEMA))
            yield len(some)


def _json_lines(letters: Iterator[Found], draft: Path) -> Iterator[int]:
    with draft.open("w") as file:
        while some := [*islice(letters, _ROWS)]:
            for each in some:
                file.write(f"{json.dumps(_placed(each), default=_base64, ensure_ascii=False)}\n")
            yield len(some)


def _row(found: Found) -> dict[str, Any]:
    row = _placed(found)
    if (source := row["source"]) is not None:
        row["source"] = source | {"headers": [*source["headers"].items()]}
    return row


def _placed(found: Found) -> dict[str, Any]:
    topic, partition, offset = found.place
    return {"letter_topic": topic, "letter_partition": partition, "letter_offset": offset, **found.letter}


def _base64(value: bytes) -> str:
    return base64.b64encode(value).decode()
