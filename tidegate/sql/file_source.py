"""``raw_records`` out of files, with the columns that records of a topic have: refine's SQL does not tell them apart.

A file stands for a partition: its number is ``_source_partition``, the byte at which a row begins ``_source_offset``.
Of Parquet that is the number of the row, from 0. Its rows are read as JSON, so their repair files are JSON lines, whose
rows have bytes.
"""

import json
from collections.abc import Sequence

from tidegate.contracts.dataset import Files
from tidegate.contracts.envelope import (
    HEADERS,
    INGESTED_AT,
    KEY,
    RESCUED,
    SCHEMA_ID,
    SOURCE_OFFSET,
    SOURCE_PARTITION,
    SOURCE_TOPIC,
    SPLIT_ROW,
)
from tidegate.contracts.file_section import Csv, FileFormat, FileSection
from tidegate.dead_letters.record import PAYLOAD_LIMIT_BYTES
from tidegate.sql.connections import Connections, Options, prefixed
from tidegate.sql.ddl import column_lines, contract_json, create, lake_catalog_options
from tidegate.sql.file_to_read import FileToRead
from tidegate.sql.job_sql import Table, View
from tidegate.sql.sources import DECODE_METADATA, RAW_METADATA, RESCUED_METADATA

FILE_ROWS, RAW_RECORDS = "file_rows", "raw_records"
_FILE_METADATA = (
    "`_kind` STRING METADATA FROM 'kind' VIRTUAL",
    f"`{SPLIT_ROW}` BIGINT METADATA FROM 'split-row' VIRTUAL",
    "`_length` BIGINT METADATA FROM 'length' VIRTUAL",
    "`_rows` BIGINT METADATA FROM 'rows' VIRTUAL",
    "`_header_lines` BIGINT METADATA FROM 'header-lines' VIRTUAL",
    "`_blank_lines` BIGINT METADATA FROM 'blank-lines' VIRTUAL",
    "`_comment_lines` BIGINT METADATA FROM 'comment-lines' VIRTUAL",
    "`_places` BIGINT METADATA FROM 'places' VIRTUAL",
)
_LAYOUTS: dict[FileFormat, str] = {
    "csv": "csv",
    "json_lines": "json-lines",
    "json_array": "json-array",
    "parquet": "parquet",
}
_UTF_8_GROWTH = {"UTF-8": 1, "US-ASCII": 1}
_MOST_GROWTH = 3
"""A row is held against ``max_row_bytes`` as it lies in the file; JSON is read in UTF-8, in which it may be longer."""
_OF_A_ROW = (
    KEY,
    SOURCE_TOPIC,
    SOURCE_PARTITION,
    SOURCE_OFFSET,
    INGESTED_AT,
    HEADERS,
    "_error_code",
    "_error_message",
    "_payload",
    "_payload_sha256",
    "_payload_bytes",
    SCHEMA_ID,
    "_proc_time",
    SPLIT_ROW,
)


def file_rows(dataset: Files, files: Sequence[FileToRead], connections: Connections) -> tuple[Table, View]:
    """The rows of these files and the ends of their splits; and of them the rows, as ``raw_records``."""
    file = dataset.file
    names = [f"`{column.name}`" for column in dataset.raw_columns]
    beside = (*_OF_A_ROW, RESCUED) if dataset.contract.rescues else _OF_A_ROW
    body = [*column_lines(dataset.raw_columns), *RAW_METADATA, *DECODE_METADATA, *_FILE_METADATA]
    options = {
        "connector": "files",
        "files": "\n".join(_listed(each, file) for each in files),
        **({} if file.is_parquet else {"encoding": file.encoding, "compression": file.compression}),
        "max-row-bytes": str(file.max_row_bytes),
        "raw.max-bytes": str(PAYLOAD_LIMIT_BYTES),
        **(_csv(dataset) if file.is_csv else _json(dataset)),
    }
    if any(each.uri.startswith("s3://") for each in files):
        options |= prefixed("lake.", lake_catalog_options(connections.lake_catalog))
    if dataset.contract.rescues:
        body.append(RESCUED_METADATA)
    rows = View(RAW_RECORDS, f"SELECT {', '.join((*names, *beside))}\nFROM {FILE_ROWS} WHERE _kind = 'row'")
    return create(FILE_ROWS, body, options), rows


def _listed(each: FileToRead, section: FileSection) -> str:
    is_other = each.is_repair and section.is_parquet
    return f"{each.line}\t{_LAYOUTS['json_lines']}" if is_other else each.line


def _json(dataset: Files) -> Options:
    prefix = "value."
    limit = str(dataset.file.max_row_bytes * _UTF_8_GROWTH.get(dataset.file.encoding, _MOST_GROWTH))
    parquet = {"parquet.missing-columns": dataset.file.missing_columns} if dataset.file.is_parquet else {}
    return {
        "layout": _LAYOUTS[dataset.file.format],
        **parquet,
        **contract_json(prefix, dataset.latest, dataset.file.unknown_columns),
        f"{prefix}contract-json.max-record-bytes": limit,
        f"{prefix}contract-json.raw.max-bytes": str(PAYLOAD_LIMIT_BYTES),
    }


def _csv(dataset: Files) -> Options:
    file: FileSection = dataset.file
    csv: Csv = file.csv
    options = {
        "layout": _LAYOUTS[file.format],
        "csv.schema": json.dumps(dataset.latest),
        "csv.delimiter": _sign(csv.delimiter),
        "csv.quote": _sign(csv.quote),
        "csv.multiline": str(csv.multiline).lower(),
        "csv.null": ";".join(map(_item, csv.nulls)),
        "csv.unknown-columns": file.unknown_columns,
        "csv.missing-columns": file.missing_columns,
    }
    if csv.escape is not None:
        options["csv.escape"] = _sign(csv.escape)
    if csv.comment is not None:
        options["csv.comment"] = _sign(csv.comment)
    if csv.columns is not None:
        options |= {"csv.header": "false", "csv.columns": ";".join(map(_item, csv.columns))}
    return options


def _item(text: str) -> str:
    """A text in a list of Flink's, which passes over one that is empty and not in quotes at its beginning."""
    return "'" + text.replace("'", "''") + "'"


def _sign(sign: str) -> str:
    return "\\t" if sign == "\t" else sign
