package io.tidegate.connectors.avro;

/** Why a record was not decoded; the closed list of the dead-letter contract for its stage {@code decode}. */
enum ErrorCode {
    /** No value at all (a Kafka tombstone). */
    TOMBSTONE,
    /** A value of zero bytes. */
    EMPTY_VALUE,
    /** The first byte is not the 0 of Confluent's framing. */
    BAD_MAGIC,
    /** The registry does not know the schema id. */
    UNKNOWN_SCHEMA,
    /** The writer's schema cannot be read with the contract's schema. */
    SCHEMA_MISMATCH,
    /** The record ends before its schema does. */
    TRUNCATED,
    /** Bytes are left over after the last field. */
    TRAILING_BYTES,
    /** A length or count is negative, or larger than any allowed record. */
    BAD_LENGTH,
    /** A string is not UTF-8. */
    BAD_UTF8,
    /** A union names a branch that its schema does not have. */
    BAD_UNION_BRANCH,
    /** The record is over {@code max-record-bytes}. */
    RECORD_TOO_LARGE,
    /** Any other value that its schema does not allow. */
    BAD_VALUE
}
