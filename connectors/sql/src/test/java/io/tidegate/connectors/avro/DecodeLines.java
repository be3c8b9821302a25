package io.tidegate.connectors.avro;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.JsonNode;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.ObjectMapper;
import org.apache.flink.table.data.ArrayData;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.MapData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.TimestampData;
import org.apache.flink.table.types.logical.ArrayType;
import org.apache.flink.table.types.logical.LocalZonedTimestampType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.MapType;
import org.apache.flink.table.types.logical.RowType;

/**
 * Decodes what it is told, for {@code tests/flink/test_decoding_agrees.py}. One line of input: the registry's answer for the
 * schema with the line's number as its id, the contract's schema, and records in hex, each with its header or null. One line
 * of output: for each record its columns, or its error code.
 */
final class DecodeLines {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MAX_RECORD_BYTES = 1024 * 1024;

    private DecodeLines() {}

    public static void main(String[] args) throws IOException {
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        try (FakeRegistry registry = new FakeRegistry()) {
            int id = 0;
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                JsonNode task = JSON.readTree(line);
                registry.answer("/schemas/ids/" + ++id, 200, task.get("writer").toString());
                out.println(JSON.writeValueAsString(results(registry, task)));
            }
        }
    }

    private static List<Object> results(FakeRegistry registry, JsonNode task) throws IOException {
        String contract = task.get("contract").asText();
        RowType columns = Formats.columns(contract);
        var config = new FormatConfig(registry.url(), Duration.ofSeconds(10), contract, null, MAX_RECORD_BYTES, MAX_RECORD_BYTES);
        ContractAvroDeserializer reader = Formats.reader(config, columns);
        List<Object> results = new ArrayList<>();
        for (JsonNode record : task.get("records")) {
            byte[] value = bytes(record.get(0));
            byte[] header = bytes(record.get(1));
            byte[] message = header == null || value == null ? value : HeaderFrame.marked(header, value);
            GenericRowData row = (GenericRowData) reader.deserialize(message);
            String code = Formats.metadata(row, RecordMetadata.ERROR_CODE);
            results.add(code != null ? code : shown(row, columns));
        }
        return results;
    }

    private static byte[] bytes(JsonNode hex) {
        return hex.isNull() ? null : HexFormat.of().parseHex(hex.asText());
    }

    private static List<Object> shown(RowData row, RowType type) {
        List<Object> fields = new ArrayList<>();
        for (int i = 0; i < type.getFieldCount(); i++) {
            LogicalType field = type.getTypeAt(i);
            fields.add(shown(RowData.createFieldGetter(field.copy(true), i).getFieldOrNull(row), field));
        }
        return fields;
    }

    private static Object shown(Object value, LogicalType type) {
        if (value == null) {
            return null;
        }
        return switch (type.getTypeRoot()) {
            case FLOAT -> Float.floatToIntBits((Float) value);
            case DOUBLE -> Long.toString(Double.doubleToLongBits((Double) value));
            case VARBINARY -> HexFormat.of().formatHex((byte[]) value);
            case DECIMAL -> new BigInteger(((org.apache.flink.table.data.DecimalData) value).toUnscaledBytes()).toString();
            case TIMESTAMP_WITH_LOCAL_TIME_ZONE -> shown((TimestampData) value, (LocalZonedTimestampType) type);
            case ARRAY -> shown((ArrayData) value, ((ArrayType) type).getElementType());
            case MAP -> shown((MapData) value, ((MapType) type).getValueType());
            case ROW -> shown((RowData) value, (RowType) type);
            case BOOLEAN -> value;
            default -> value.toString();
        };
    }

    private static String shown(TimestampData value, LocalZonedTimestampType type) {
        BigInteger millis = BigInteger.valueOf(value.getMillisecond());
        BigInteger micros = millis.multiply(BigInteger.valueOf(1000)).add(BigInteger.valueOf(value.getNanoOfMillisecond() / 1000));
        return (type.getPrecision() == 3 ? millis : micros).toString();
    }

    private static List<Object> shown(ArrayData items, LogicalType type) {
        ArrayData.ElementGetter getter = ArrayData.createElementGetter(type.copy(true));
        List<Object> shown = new ArrayList<>();
        for (int i = 0; i < items.size(); i++) {
            shown.add(shown(getter.getElementOrNull(items, i), type));
        }
        return shown;
    }

    private static Map<String, Object> shown(MapData map, LogicalType type) {
        List<Object> values = shown(map.valueArray(), type);
        Map<String, Object> shown = new TreeMap<>();
        for (int i = 0; i < values.size(); i++) {
            shown.put(map.keyArray().getString(i).toString(), values.get(i));
        }
        return shown;
    }
}
