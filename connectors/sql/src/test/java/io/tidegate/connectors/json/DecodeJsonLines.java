package io.tidegate.connectors.json;

import io.tidegate.connectors.avro.HeaderFrame;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.JsonNode;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.ObjectMapper;

/**
 * Decodes what it is told, for {@code tests/flink/test_json_decoding_agrees.py}. One line of input: the contract's schema, its
 * policy for unknown fields, and records in hex, each with its header or null. One line of output: for each record its
 * columns, or its error code.
 */
final class DecodeJsonLines {
    private static final ObjectMapper JSON = new ObjectMapper();

    private DecodeJsonLines() {}

    public static void main(String[] args) throws Exception {
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            JsonNode task = JSON.readTree(line);
            UnknownFields unknown = UnknownFields.valueOf(task.get("unknown").asText().toUpperCase());
            JsonFormats format = new JsonFormats(task.get("contract").asText(), unknown);
            List<Object> results = new ArrayList<>();
            for (JsonNode record : task.get("records")) {
                byte[] value = bytes(record.get(0));
                byte[] header = bytes(record.get(1));
                results.add(format.result(header == null || value == null ? value : HeaderFrame.marked(header, value)));
            }
            out.println(JSON.writeValueAsString(results));
        }
    }

    private static byte[] bytes(JsonNode hex) {
        return hex.isNull() ? null : HexFormat.of().parseHex(hex.asText());
    }
}
