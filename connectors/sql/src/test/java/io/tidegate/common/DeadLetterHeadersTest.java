package io.tidegate.common;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class DeadLetterHeadersTest {
    @Test
    void theHeadersAreThoseOfKafkaConnectAsText() {
        var headers = DeadLetterHeaders.of("raw.clicks", 3, 42L, "rule", "RULE_VIOLATED", "ends in «page»");
        assertEquals(
                List.of("topic", "partition", "offset", "stage", "exception.class.name", "exception.message"),
                headers.keySet().stream().map(name -> name.replace("__connect.errors.", "")).toList());
        assertEquals(
                List.of("raw.clicks", "3", "42", "rule", "RULE_VIOLATED", "ends in «page»"),
                headers.values().stream().map(value -> new String(value, UTF_8)).toList());
    }

    @Test
    void whatIsNullHasNoHeader() {
        var headers = DeadLetterHeaders.of(null, null, null, "index", "DOCUMENT_REJECTED", null);
        assertEquals(List.of(Names.STAGE_HEADER, Names.CODE_HEADER), List.copyOf(headers.keySet()));
    }
}
