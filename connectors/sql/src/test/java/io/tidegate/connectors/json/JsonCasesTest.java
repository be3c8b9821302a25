package io.tidegate.connectors.json;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.tidegate.connectors.avro.RecordMetadata;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.stream.Stream;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.JsonNode;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The records of {@code tests/data/json_records.jsonl}, which {@code tests/unit/avro/test_json_records.py} reads as well. */
class JsonCasesTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Path CASES = Path.of("../../tests/data/json_records.jsonl");

    @TestFactory
    Stream<DynamicTest> aRecordIsReadAsItIsInPython() throws Exception {
        return Files.readAllLines(CASES).stream().map(JsonCasesTest::parsed).map(line ->
                DynamicTest.dynamicTest(line.path("what").asText() + ": " + line, () -> check(line)));
    }

    private static void check(JsonNode line) throws Exception {
        UnknownFields unknown = UnknownFields.valueOf(line.path("unknown").asText("ignore").toUpperCase());
        JsonFormats format = new JsonFormats(schema(line), unknown);
        byte[] message = line.has("hex")
                ? HexFormat.of().parseHex(line.get("hex").asText())
                : line.get("record").asText().getBytes(StandardCharsets.UTF_8);
        assertEquals(line.get("expect"), JSON.valueToTree(format.result(message)), () -> line.toString());
        if (line.has("rescued")) {
            assertEquals(line.get("rescued").asText(), format.metadata(message, RecordMetadata.RESCUED));
        }
    }

    private static String schema(JsonNode line) {
        return line.has("schema")
                ? line.get("schema").toString()
                : "{\"type\": \"record\", \"name\": \"R\", \"fields\": [{\"name\": \"v\", \"type\": " + line.get("type") + "}]}";
    }

    private static JsonNode parsed(String line) {
        try {
            return JSON.readTree(line);
        } catch (java.io.IOException e) {
            throw new IllegalArgumentException(line, e);
        }
    }
}
