package io.tidegate.connectors.opensearch;

import io.tidegate.common.ErrorCode;
import java.io.Serializable;

/**
 * A document on its way to OpenSearch.
 *
 * @param address where it goes; null if the row doesn't say (then {@code rejection} tells why)
 * @param json the document, one line; empty to delete the document at the address
 * @param source the raw record it was made from; null if the table has no {@code _source_*} columns
 * @param rejection why it can't be sent at all; null for almost every document
 */
record DocumentEntry(Address address, byte[] json, SourceRecord source, Rejection rejection) implements Serializable {

    /** About what a bulk action line takes besides the index and the id. */
    private static final int ACTION_LINE_BYTES = 48;

    /**
     * The index and id of a document.
     *
     * @param version a later version is never overwritten by an earlier one; null to let the last write win
     */
    record Address(String index, String id, Long version) implements Serializable {}

    /**
     * The raw record's coordinates.
     *
     * @param timestampMs Kafka's, in milliseconds; null where the row has none
     * @param schemaId null where the row has none
     * @param row the number of the row where the record is exploded, else null
     */
    record SourceRecord(String topic, int partition, long offset, Long timestampMs, Integer schemaId, Long row)
            implements Serializable {}

    /** Why a document is dead: a code of the closed list and the words for people. */
    record Rejection(String code, String message) implements Serializable {

        static Rejection refused(String message) {
            return new Rejection(ErrorCode.DOCUMENT_REJECTED.name(), message);
        }

        static Rejection tooLarge(String message) {
            return new Rejection(ErrorCode.DOCUMENT_TOO_LARGE.name(), message);
        }
    }

    /** Whether the document at the address is to go. */
    boolean isDeletion() {
        return json.length == 0;
    }

    /** Bytes of the document and its action line in a bulk request. */
    long sizeBytes() {
        int key = address == null ? 0 : address.index().length() + address.id().length();
        return json.length + key + ACTION_LINE_BYTES;
    }
}
