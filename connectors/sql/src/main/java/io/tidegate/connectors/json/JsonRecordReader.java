package io.tidegate.connectors.json;

import io.tidegate.common.ErrorCode;
import io.tidegate.connectors.avro.BadRecord;
import java.io.IOException;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.core.JsonParser;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.core.JsonToken;
import org.apache.flink.table.data.GenericRowData;

/**
 * Reads an object's members in whatever order they come, each into its column.
 *
 * @param positions each field's place in the arrays, by the names that it may have in JSON
 * @param names the fields as they are sent, for messages
 * @param readers one per field
 * @param columns the column each field goes to, or -1 for one that no column asks for
 * @param required whether a field may not be left out
 * @param template a row's initial values: the defaults
 */
record JsonRecordReader(
        Map<String, Integer> positions,
        String[] names,
        JsonValueReader[] readers,
        int[] columns,
        boolean[] required,
        Object[] template,
        UnknownFields unknownFields)
        implements JsonValueReader {

    @Override
    public Object read(JsonParser input, Rescued rescued) throws IOException {
        return readRecord(input, rescued);
    }

    GenericRowData readRecord(JsonParser input, Rescued rescued) throws IOException {
        if (input.currentToken() != JsonToken.START_OBJECT) {
            throw JsonValues.isNot(input, "an object");
        }
        GenericRowData row = GenericRowData.of(template.clone());
        boolean[] seen = new boolean[names.length];
        Set<String> unknown = null;
        for (String name = input.nextFieldName(); name != null; name = input.nextFieldName()) {
            Integer position = positions.get(name);
            if (position != null) {
                readField(input, rescued, position, seen, row);
            } else {
                unknown = unknown == null ? new HashSet<>() : unknown;
                takeUnknown(input, rescued, name, unknown);
            }
        }
        for (int i = 0; i < seen.length; i++) {
            if (required[i] && !seen[i]) {
                throw new BadRecord(ErrorCode.BAD_VALUE, "missing, and it has no default").inField(names[i]);
            }
        }
        return row;
    }

    private void readField(JsonParser input, Rescued rescued, int position, boolean[] seen, GenericRowData row)
            throws IOException {
        if (seen[position]) {
            throw JsonValues.twice(names[position]);
        }
        seen[position] = true;
        int mark = rescued.size();
        try {
            input.nextToken();
            Object value = readers[position].read(input, rescued);
            if (columns[position] >= 0) {
                row.setField(columns[position], value);
            }
        } catch (BadRecord bad) {
            throw bad.inField(names[position]);
        }
        rescued.within(mark, names[position]);
    }

    private void takeUnknown(JsonParser input, Rescued rescued, String name, Set<String> unknown) throws IOException {
        if (!unknown.add(name)) {
            throw JsonValues.twice(name);
        }
        if (unknownFields == UnknownFields.REJECT) {
            throw new BadRecord(ErrorCode.UNKNOWN_FIELD, "the contract has no such field")
                    .inField(JsonValues.shortened(name));
        }
        input.nextToken();
        if (unknownFields == UnknownFields.RESCUE) {
            rescued.add(name, input);
        } else {
            JsonValues.passOver(input);
        }
    }
}
