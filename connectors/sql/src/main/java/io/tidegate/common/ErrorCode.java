package io.tidegate.common;

/**
 * Why a record became a dead letter: the closed list of {@code docs/dead-letters.md}.
 *
 * <p>Made by {@code python -m tidegate.dead_letters.java}.
 */
public enum ErrorCode {
    /** At stage decode: the record has a key and no value. */
    TOMBSTONE,
    /** At stage decode: the value has no bytes. */
    EMPTY_VALUE,
    /** At stage decode: the first byte is not the 0 of Confluent's framing, or a header __value_schema_id names no schema. */
    BAD_MAGIC,
    /** At stage decode: the registry has no schema with the id in the record or its header. */
    UNKNOWN_SCHEMA,
    /** At stage decode: the schema it was written with cannot be read as the contract's newest version. */
    SCHEMA_MISMATCH,
    /** At stage decode: the record ends before its schema does. */
    TRUNCATED,
    /** At stage decode: bytes are left after the last field. */
    TRAILING_BYTES,
    /** At stage decode: a length or count is negative, or larger than any record may be. */
    BAD_LENGTH,
    /** At stage decode: a string is not UTF-8, or a row of a file not in its encoding. */
    BAD_UTF8,
    /** At stage decode: a union names a branch that its schema lacks. */
    BAD_UNION_BRANCH,
    /** At stage decode: the record is over 1 MiB; payload is cut, payload_sha256 is of the whole. */
    RECORD_TOO_LARGE,
    /** At stage decode: another value its schema does not allow, such as a boolean of 7, or null where the contract allows none. */
    BAD_VALUE,
    /** At stage decode: no JSON, or a key twice in one object, in a topic of JSON. */
    NOT_JSON,
    /** At stage decode: quotes that do not end where they must, or a byte of zero, in a row of CSV. */
    NOT_CSV,
    /** At stage decode: more or fewer cells than columns, in a row of CSV. */
    CELL_COUNT,
    /** At stage decode: a field that the contract lacks, in a topic of JSON that rejects such records. */
    UNKNOWN_FIELD,
    /** At stage map: map.sql can not convert a value, or gives a null where mapped.avsc allows none. */
    MAPPING_FAILED,
    /** At stage contract: before event_time.earliest, or more than max_future_s after its arrival. */
    EVENT_TIME_OUT_OF_RANGE,
    /** At stage rule: one or more rules are not met. */
    RULE_VIOLATED,
    /** At stage enrich: the reference key is set but unknown at the event's time. */
    REFERENCE_MISSING,
    /** At stage transform: an expression fails for its values, or gives a null where silver allows none. */
    TRANSFORM_FAILED,
    /** At stage index: OpenSearch refuses the document for a fault of its own. */
    DOCUMENT_REJECTED,
    /** At stage index: the document alone is over the limit of one request. */
    DOCUMENT_TOO_LARGE,
    /** At stage index: the job can not decode the silver row. */
    ROW_UNREADABLE
}
