package io.tidegate.connectors.json;

import io.tidegate.connectors.avro.AvroTypes;
import io.tidegate.connectors.avro.FormatSpeed;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.flink.avro.shaded.org.apache.avro.Schema;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.ObjectMapper;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.TimestampData;
import org.apache.flink.table.types.logical.RowType;

/**
 * Times decoding of the clicks of {@link FormatSpeed} from JSON on one core; a program to run by hand, not a test.
 */
final class JsonSpeed {
    private JsonSpeed() {}

    /** @param args the click schema's file */
    public static void main(String[] args) throws Exception {
        String schema = Files.readString(Path.of(args[0]));
        RowType columns = (RowType) AvroTypes.columnType(new Schema.Parser().parse(schema));
        GenericRowData[] rows = FormatSpeed.clicks();
        byte[][] messages = new byte[rows.length][];
        long bytes = 0;
        for (int i = 0; i < rows.length; i++) {
            messages[i] = json(rows[i], columns);
            bytes += messages[i].length;
        }
        System.out.printf("%d bytes a record%n", bytes / rows.length);
        for (UnknownFields unknown : UnknownFields.values()) {
            JsonFormats format = new JsonFormats(schema, unknown);
            if (!(format.result(messages[0]) instanceof Iterable<?>)) {
                throw new IllegalStateException("not readable: " + format.result(messages[0]));
            }
            FormatSpeed.time("decode, unknown fields " + unknown, i -> format.row(messages[i]) == null ? 1 : 0);
        }
    }

    private static byte[] json(GenericRowData row, RowType columns) throws Exception {
        Map<String, Object> fields = new LinkedHashMap<>();
        for (int i = 0; i < row.getArity(); i++) {
            Object value = row.getField(i);
            boolean isNumber = value instanceof Integer;
            Object shown = value instanceof TimestampData time ? time.toInstant().toString() : value.toString();
            fields.put(columns.getFieldNames().get(i), isNumber ? value : shown);
        }
        return new ObjectMapper().writeValueAsString(fields).getBytes(StandardCharsets.UTF_8);
    }
}
