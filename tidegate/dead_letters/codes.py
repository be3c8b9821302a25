"""Why a record became a dead letter: the closed lists of stages and codes, explained in ``docs/dead-letters.md``."""

from collections.abc import Mapping
from enum import StrEnum


class Stage(StrEnum):
    """Where a record failed."""

    DECODE = "decode"
    MAP = "map"
    CONTRACT = "contract"
    RULE = "rule"
    ENRICH = "enrich"
    TRANSFORM = "transform"
    INDEX = "index"
    LAKE = "lake"
    METRICS = "metrics"


class Code(StrEnum):
    """What was wrong with it."""

    TOMBSTONE = "TOMBSTONE"
    EMPTY_VALUE = "EMPTY_VALUE"
    BAD_MAGIC = "BAD_MAGIC"
    UNKNOWN_SCHEMA = "UNKNOWN_SCHEMA"
    SCHEMA_MISMATCH = "SCHEMA_MISMATCH"
    TRUNCATED = "TRUNCATED"
    TRAILING_BYTES = "TRAILING_BYTES"
    BAD_LENGTH = "BAD_LENGTH"
    BAD_UTF8 = "BAD_UTF8"
    BAD_UNION_BRANCH = "BAD_UNION_BRANCH"
    RECORD_TOO_LARGE = "RECORD_TOO_LARGE"
    BAD_VALUE = "BAD_VALUE"
    NOT_JSON = "NOT_JSON"
    NOT_CSV = "NOT_CSV"
    CELL_COUNT = "CELL_COUNT"
    UNKNOWN_FIELD = "UNKNOWN_FIELD"
    MAPPING_FAILED = "MAPPING_FAILED"
    EVENT_TIME_OUT_OF_RANGE = "EVENT_TIME_OUT_OF_RANGE"
    RULE_VIOLATED = "RULE_VIOLATED"
    REFERENCE_MISSING = "REFERENCE_MISSING"
    TRANSFORM_FAILED = "TRANSFORM_FAILED"
    DOCUMENT_REJECTED = "DOCUMENT_REJECTED"
    DOCUMENT_TOO_LARGE = "DOCUMENT_TOO_LARGE"
    ROW_UNREADABLE = "ROW_UNREADABLE"


CODES: Mapping[Stage, Mapping[Code, str]] = {
    Stage.DECODE: {
        Code.TOMBSTONE: "the record has a key and no value",
        Code.EMPTY_VALUE: "the value has no bytes",
        Code.BAD_MAGIC: "the first byte is not the 0 of Confluent's framing, "
        "or a header `__value_schema_id` names no schema",
        Code.UNKNOWN_SCHEMA: "the registry has no schema with the id in the record or its header",
        Code.SCHEMA_MISMATCH: "the schema it was written with cannot be read as the contract's newest version",
        Code.TRUNCATED: "the record ends before its schema does",
        Code.TRAILING_BYTES: "bytes are left after the last field",
        Code.BAD_LENGTH: "a length or count is negative, or larger than any record may be",
        Code.BAD_UTF8: "a string is not UTF-8, or a row of a file not in its encoding",
        Code.BAD_UNION_BRANCH: "a union names a branch that its schema lacks",
        Code.RECORD_TOO_LARGE: "the record is over 1 MiB; `payload` is cut, `payload_sha256` is of the whole",
        Code.BAD_VALUE: "another value its schema does not allow, such as a boolean of 7, "
        "or null where the contract allows none",
        Code.NOT_JSON: "no JSON, or a key twice in one object, in a topic of JSON",
        Code.NOT_CSV: "quotes that do not end where they must, or a byte of zero, in a row of CSV",
        Code.CELL_COUNT: "more or fewer cells than columns, in a row of CSV",
        Code.UNKNOWN_FIELD: "a field that the contract lacks, in a topic of JSON that rejects such records",
    },
    Stage.MAP: {
        Code.MAPPING_FAILED: "`map.sql` can not convert a value, or gives a null where `mapped.avsc` allows none"
    },
    Stage.CONTRACT: {
        Code.EVENT_TIME_OUT_OF_RANGE: "before `event_time.earliest`, or more than `max_future_s` after its arrival"
    },
    Stage.RULE: {Code.RULE_VIOLATED: "one or more rules are not met"},
    Stage.ENRICH: {Code.REFERENCE_MISSING: "the reference key is set but unknown at the event's time"},
    Stage.TRANSFORM: {
        Code.TRANSFORM_FAILED: "an expression fails for its values, or gives a null where silver allows none"
    },
    Stage.INDEX: {
        Code.DOCUMENT_REJECTED: "OpenSearch refuses the document for a fault of its own",
        Code.DOCUMENT_TOO_LARGE: "the document alone is over the limit of one request",
        Code.ROW_UNREADABLE: "the job can not decode the silver row",
    },
    Stage.LAKE: {Code.ROW_UNREADABLE: "the job can not decode the silver row"},
    Stage.METRICS: {
        Code.ROW_UNREADABLE: "the job can not decode the silver row",
        Code.TRANSFORM_FAILED: "a metric's expression fails for the row's values",
    },
}
"""The codes that each stage gives, with their meaning."""

STAGES_BEFORE_SILVER = frozenset({Stage.DECODE, Stage.MAP, Stage.CONTRACT, Stage.RULE, Stage.ENRICH, Stage.TRANSFORM})
"""A record (or an item that it explodes into) has at most one dead letter of these, and then no silver row.

The rows of the others are in silver.
"""

RETRYABLE = (Code.UNKNOWN_SCHEMA, Code.REFERENCE_MISSING)
"""The same bytes may pass later: once the schema or the reference's row is there."""
