package io.tidegate.common;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** A dead letter's Kafka headers, named as Kafka Connect names them, so that its tools find their way; values are text. */
public final class DeadLetterHeaders {
    private DeadLetterHeaders() {}

    /** The headers by name; what is null has none. */
    public static Map<String, byte[]> of(
            String topic, Integer partition, Long offset, String stage, String code, String message) {
        Map<String, byte[]> headers = new LinkedHashMap<>();
        put(headers, Names.TOPIC_HEADER, topic);
        put(headers, Names.PARTITION_HEADER, partition);
        put(headers, Names.OFFSET_HEADER, offset);
        put(headers, Names.STAGE_HEADER, stage);
        put(headers, Names.CODE_HEADER, code);
        put(headers, Names.MESSAGE_HEADER, message);
        return headers;
    }

    private static void put(Map<String, byte[]> headers, String name, Object value) {
        if (value != null) {
            headers.put(name, value.toString().getBytes(StandardCharsets.UTF_8));
        }
    }
}
