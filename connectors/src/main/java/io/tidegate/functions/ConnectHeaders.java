package io.tidegate.functions;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.flink.table.annotation.DataTypeHint;
import org.apache.flink.table.functions.ScalarFunction;

/**
 * {@code ConnectHeaders(topic, partition, offset, stage, code, message) -> MAP<STRING, BYTES>}: a dead letter's Kafka headers,
 * named as Kafka Connect names them, values as UTF-8 text.
 */
public final class ConnectHeaders extends ScalarFunction {
    private static final String PREFIX = "__connect.errors.";

    @DataTypeHint("MAP<STRING, BYTES>")
    public Map<String, byte[]> eval(
            String topic, Integer partition, Long offset, String stage, String code, String message) {
        Map<String, byte[]> headers = new LinkedHashMap<>();
        put(headers, "topic", topic);
        put(headers, "partition", partition);
        put(headers, "offset", offset);
        put(headers, "stage", stage);
        put(headers, "exception.class.name", code);
        put(headers, "exception.message", message);
        return headers;
    }

    private static void put(Map<String, byte[]> headers, String name, Object value) {
        if (value != null) {
            headers.put(PREFIX + name, value.toString().getBytes(StandardCharsets.UTF_8));
        }
    }
}
