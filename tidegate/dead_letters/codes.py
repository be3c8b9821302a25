"""Why a record became a dead letter: the closed lists of stages and codes, explained in ``docs/dead-letters.md``."""

from collections.abc import Mapping
from enum import StrEnum


class Stage(StrEnum):
    """Where a record failed."""

    DECODE = "decode"
    CONTRACT = "contract"
    RULE = "rule"
    ENRICH = "enrich"
    INDEX = "index"


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
    EVENT_TIME_OUT_OF_RANGE = "EVENT_TIME_OUT_OF_RANGE"
    RULE_VIOLATED = "RULE_VIOLATED"
    REFERENCE_MISSING = "REFERENCE_MISSING"
    DOCUMENT_REJECTED = "DOCUMENT_REJECTED"
    DOCUMENT_TOO_LARGE = "DOCUMENT_TOO_LARGE"


CODES: Mapping[Stage, tuple[Code, ...]] = {
    Stage.DECODE: (
        Code.TOMBSTONE,
        Code.EMPTY_VALUE,
        Code.BAD_MAGIC,
        Code.UNKNOWN_SCHEMA,
        Code.SCHEMA_MISMATCH,
        Code.TRUNCATED,
        Code.TRAILING_BYTES,
        Code.BAD_LENGTH,
        Code.BAD_UTF8,
        Code.BAD_UNION_BRANCH,
        Code.RECORD_TOO_LARGE,
        Code.BAD_VALUE,
    ),
    Stage.CONTRACT: (Code.EVENT_TIME_OUT_OF_RANGE,),
    Stage.RULE: (Code.RULE_VIOLATED,),
    Stage.ENRICH: (Code.REFERENCE_MISSING,),
    Stage.INDEX: (Code.DOCUMENT_REJECTED, Code.DOCUMENT_TOO_LARGE),
}
"""The codes that each stage gives."""

STAGES_BEFORE_SILVER = frozenset({Stage.DECODE, Stage.CONTRACT, Stage.RULE, Stage.ENRICH})
"""A record has at most one dead letter of these, and then no silver row. The row of one of ``index`` is in silver."""

RETRYABLE = (Code.UNKNOWN_SCHEMA, Code.REFERENCE_MISSING)
"""The same bytes may pass later: once the schema or the reference's row is there."""
