package io.tidegate.connectors.avro;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.JsonNode;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.ObjectMapper;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.types.logical.RowType;

/**
 * Decodes what it is told, for {@code tests/flink/test_decoding_agrees.py}. One line of input: the registry's answer for the
 * schema with the line's number as its id, the contract's schema, and records in hex, each with its header or null. One line
 * of output: for each record its columns, or its error code.
 */
final class DecodeLines {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final RecordLimits LIMITS = new RecordLimits(1024 * 1024, 1024 * 1024);

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
        var config = new FormatConfig(registry.url(), Duration.ofSeconds(10), contract, null, LIMITS);
        ContractAvroDeserializer reader = Formats.reader(config, columns);
        List<Object> results = new ArrayList<>();
        for (JsonNode record : task.get("records")) {
            byte[] value = bytes(record.get(0));
            byte[] header = bytes(record.get(1));
            byte[] message = header == null || value == null ? value : HeaderFrame.marked(header, value);
            GenericRowData row = (GenericRowData) reader.deserialize(message);
            String code = Formats.metadata(row, RecordMetadata.ERROR_CODE);
            results.add(code != null ? code : Shown.shown(row, columns));
        }
        return results;
    }

    private static byte[] bytes(JsonNode hex) {
        return hex.isNull() ? null : HexFormat.of().parseHex(hex.asText());
    }
}
