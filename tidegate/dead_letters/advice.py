"""What to do about a dead letter, by stage and code: the texts of ``docs/dead-letters.md``; a test compares. Pure."""

from collections.abc import Mapping

from tidegate.dead_letters.codes import Code, Stage

_ROW = "`error_message` is the decoder's. `source` names the row in the silver topic."

ADVICE: Mapping[tuple[Stage, Code], str] = {
    (Stage.DECODE, Code.TOMBSTONE): "Stop the producer from deleting by key in an event topic.",
    (Stage.DECODE, Code.EMPTY_VALUE): "Fix the producer's serializer.",
    (Stage.DECODE, Code.BAD_MAGIC): "Let the producer write Avro by the registry, not JSON or bare Avro.",
    (Stage.DECODE, Code.UNKNOWN_SCHEMA): "Point the producer at the same registry. Retryable once the schema is there.",
    (Stage.DECODE, Code.SCHEMA_MISMATCH): (
        "Run `tidegate contract check`. The producer writes another dataset, or went around the compatibility check."
    ),
    (Stage.DECODE, Code.TRUNCATED): "Look at `payload`: the producer cut it, or named a wrong schema id.",
    (Stage.DECODE, Code.TRAILING_BYTES): "The producer named a wrong schema id, or framed twice.",
    (Stage.DECODE, Code.BAD_LENGTH): "Corrupt bytes. Look at `payload`.",
    (Stage.DECODE, Code.BAD_UTF8): "Let the producer encode text as UTF-8.",
    (Stage.DECODE, Code.BAD_UNION_BRANCH): "The producer named a wrong schema id.",
    (Stage.DECODE, Code.RECORD_TOO_LARGE): "Send less, or refer to a file.",
    (Stage.DECODE, Code.BAD_VALUE): "`error_message` names it.",
    (Stage.DECODE, Code.NOT_JSON): (
        "`error_message` says at which byte. Let the producer send [one object](json-topics.md)."
    ),
    (Stage.DECODE, Code.NOT_CSV): "`error_message` says in which cell. Let the supplier double quotes within quotes.",
    (Stage.DECODE, Code.CELL_COUNT): (
        "Look at `payload`: a delimiter in a cell without quotes, or a row that was cut off."
    ),
    (Stage.DECODE, Code.UNKNOWN_FIELD): "Add the field as `v<N>.avsc`, or set `unknown_fields: ignore` or `rescue`.",
    (Stage.MAP, Code.MAPPING_FAILED): (
        "`error_message` names field and value. Write `TRY_CAST` where a null will do, or allow null in "
        "`mapped.avsc`: [map-a-record.md](map-a-record.md)."
    ),
    (Stage.CONTRACT, Code.EVENT_TIME_OUT_OF_RANGE): "Set the producer's clock and unit (milliseconds).",
    (Stage.RULE, Code.RULE_VIOLATED): "`violations` names them all. Fix the producer or the rule.",
    (Stage.ENRICH, Code.REFERENCE_MISSING): "Run `tidegate load`. Retryable. Or set `missing: keep`.",
    (Stage.TRANSFORM, Code.TRANSFORM_FAILED): (
        "`error_message` names it. Guard the expression (`TRY_CAST`, `NULLIF`), reject such values by a rule, "
        "or allow null in `silver.avsc`."
    ),
    (Stage.INDEX, Code.DOCUMENT_REJECTED): (
        "`error_message` is OpenSearch's. Run `tidegate index status`, mend the mapping, then `tidegate redrive plan` "
        "with `--stage index`."
    ),
    (Stage.INDEX, Code.DOCUMENT_TOO_LARGE): "Raise `sink.bulk-flush.max-size`, or index fewer fields.",
    (Stage.INDEX, Code.ROW_UNREADABLE): _ROW,
    (Stage.LAKE, Code.ROW_UNREADABLE): _ROW,
    (Stage.METRICS, Code.ROW_UNREADABLE): _ROW,
    (Stage.METRICS, Code.TRANSFORM_FAILED): (
        "`error_message` names it. Guard the expression. Other metrics may lack the event too."
    ),
}


def advice(stage: str, code: str) -> str:
    """In the words of the docs; for a code that this version does not know, where to look."""
    try:
        return ADVICE[Stage(stage), Code(code)]
    except (KeyError, ValueError):
        return "See docs/dead-letters.md of the version that wrote it."
