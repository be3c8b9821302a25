package io.tidegate.connectors.json;

import io.tidegate.common.ErrorCode;
import io.tidegate.connectors.avro.BadRecord;
import io.tidegate.connectors.avro.Utf8;
import java.io.IOException;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.core.JsonFactory;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.core.JsonParser;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.core.JsonProcessingException;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.core.StreamReadConstraints;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.core.StreamReadFeature;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.core.exc.StreamConstraintsException;
import org.apache.flink.table.data.GenericRowData;

/**
 * From bytes to the tokens of one JSON value, in UTF-8 and nothing else, and nothing but blanks behind it. Whatever the bytes
 * are, the worst they do is a {@link BadRecord}.
 */
final class JsonTokens {
    /** As many as in what Avro records are passed over; {@code json_records.py} has the same. */
    static final int MAX_DEPTH = 64;

    private static final int SHOWN_CHARACTERS = 120;
    private static final int ENCODING_BYTES = 4;

    /** What reads a record from its first token on; {@code start} is where its JSON begins. */
    @FunctionalInterface
    interface Reading {
        GenericRowData from(JsonParser input, int start) throws IOException;
    }

    private final JsonFactory factory = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(MAX_DEPTH)
                    // A record's size is limited, and so are these.
                    .maxNumberLength(Integer.MAX_VALUE)
                    .maxStringLength(Integer.MAX_VALUE)
                    .maxNameLength(Integer.MAX_VALUE)
                    .build())
            // Names of whoever writes records: they must neither fill the JVM's own table nor end a record.
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .disable(JsonFactory.Feature.FAIL_ON_SYMBOL_HASH_OVERFLOW)
            .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
            .build();

    /**
     * A byte order mark is passed over.
     *
     * @param start where in the bytes the JSON begins
     * @throws BadRecord BAD_UTF8, NOT_JSON, TRAILING_BYTES, or what the reading throws
     */
    GenericRowData read(byte[] value, int start, Reading reading) {
        requireUtf8(value, start);
        try (JsonParser input = factory.createParser(value, start, value.length - start)) {
            return read(input, start, reading);
        } catch (IOException cause) {
            throw new IllegalStateException(cause);
        }
    }

    private static GenericRowData read(JsonParser input, int start, Reading reading) throws IOException {
        GenericRowData row;
        try {
            if (input.nextToken() == null) {
                throw new BadRecord(ErrorCode.NOT_JSON, "not JSON: the value is blank");
            }
            row = reading.from(input, start);
        } catch (IOException fault) {
            throw refusal(fault, input);
        }
        requireEnd(input);
        return row;
    }

    private static void requireEnd(JsonParser input) {
        long end = input.currentLocation().getByteOffset();
        try {
            if (input.nextToken() == null) {
                return;
            }
        } catch (IOException fault) {
            // It is no JSON either: the same as any other text behind the record.
        }
        throw new BadRecord(ErrorCode.TRAILING_BYTES, "something follows the record's last byte, " + end);
    }

    private static BadRecord refusal(IOException fault, JsonParser input) throws IOException {
        if (fault instanceof StreamConstraintsException) {
            return new BadRecord(ErrorCode.BAD_VALUE, "values nested deeper than " + MAX_DEPTH);
        }
        String said = fault instanceof JsonProcessingException json ? json.getOriginalMessage() : fault.getMessage();
        String name = input.currentName();
        String near = name == null ? "" : ", at or after field '" + JsonValues.shortened(name) + "'";
        long at = input.currentLocation().getByteOffset();
        return new BadRecord(ErrorCode.NOT_JSON, "not JSON: " + firstPart(said) + " (byte " + at + near + ")");
    }

    /** Without what Jackson tells programmers, and what it would have liked better. */
    private static String firstPart(String said) {
        int end = said.indexOf(": ", said.lastIndexOf('\''));
        String part = end > 0 ? said.substring(0, end) : said;
        return part.length() > SHOWN_CHARACTERS ? part.substring(0, SHOWN_CHARACTERS) + "…" : part;
    }

    /** UTF-16 and UTF-32 have a zero among their first bytes, by which Jackson would find them; JSON in UTF-8 never has. */
    private static void requireUtf8(byte[] value, int start) {
        if (!Utf8.isValid(value, start, value.length)) {
            throw new BadRecord(ErrorCode.BAD_UTF8, "the value is not UTF-8");
        }
        for (int i = start; i < Math.min(start + ENCODING_BYTES, value.length); i++) {
            if (value[i] == 0) {
                throw new BadRecord(ErrorCode.NOT_JSON, "not JSON: a byte of zero (byte " + (i - start) + ")");
            }
        }
    }
}
