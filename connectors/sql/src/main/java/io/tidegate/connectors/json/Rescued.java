package io.tidegate.connectors.json;

import io.tidegate.common.ErrorCode;
import io.tidegate.connectors.avro.BadRecord;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.core.JsonParser;
import org.apache.flink.table.data.StringData;

/**
 * The fields of a record that its contract lacks, as one JSON object of paths and their values as they were written. In a
 * path a dot leads into an object and {@code [3]} into an array; in front of such a sign that is part of a name stands a
 * backslash.
 */
final class Rescued {
    /** {@code json_records.py} has the same. */
    static final int MAX_FIELDS = 1000;

    private record Entry(String path, String value) {}

    private final byte[] bytes;
    private final int start;
    private List<Entry> entries = List.of();

    /** @param start where in the record's bytes its JSON begins */
    Rescued(byte[] bytes, int start) {
        this.bytes = bytes;
        this.start = start;
    }

    int size() {
        return entries.size();
    }

    /** @throws BadRecord BAD_LENGTH, if they are too many */
    void add(String name, JsonParser input) throws IOException {
        if (entries.size() == MAX_FIELDS) {
            throw new BadRecord(ErrorCode.BAD_LENGTH, "more than " + MAX_FIELDS + " fields that the contract lacks");
        }
        entries = entries.isEmpty() ? new ArrayList<>() : entries;
        entries.add(new Entry(escaped(name), JsonValues.textOf(input, bytes, start)));
    }

    /** Those that came since the mark lie within a field. */
    void within(int mark, String field) {
        if (mark < entries.size()) {
            prefix(mark, escaped(field));
        }
    }

    /** Those that came since the mark lie within an item of an array. */
    void within(int mark, int item) {
        if (mark < entries.size()) {
            prefix(mark, "[" + item + "]");
        }
    }

    private void prefix(int mark, String prefix) {
        for (int i = mark; i < entries.size(); i++) {
            Entry entry = entries.get(i);
            String between = entry.path.startsWith("[") ? "" : ".";
            entries.set(i, new Entry(prefix + between + entry.path, entry.value));
        }
    }

    /** Null if there are none. */
    StringData text() {
        if (entries.isEmpty()) {
            return null;
        }
        StringBuilder text = new StringBuilder("{");
        for (Entry entry : entries) {
            text.append(text.length() > 1 ? ", \"" : "\"");
            text.append(JsonValues.quoted(entry.path)).append("\": ").append(entry.value);
        }
        return StringData.fromString(text.append("}").toString());
    }

    private static String escaped(String name) {
        boolean isPlain = name.chars().noneMatch(sign -> sign == '.' || sign == '[' || sign == '\\');
        return isPlain ? name : name.replaceAll("[.\\[\\\\]", "\\\\$0");
    }
}
