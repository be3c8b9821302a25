package io.tidegate.connectors.files;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.core.type.TypeReference;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.JsonNode;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.ObjectMapper;

/**
 * Reads the files that it is told, for {@code tests/flink/test_files_agree.py}. One line of input: the options, the file
 * and, if it is another than theirs, its layout. One line of output: the rows of all its splits.
 */
final class ReadFiles {
    private static final ObjectMapper JSON = new ObjectMapper();

    private ReadFiles() {}

    public static void main(String[] args) throws Exception {
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            JsonNode task = JSON.readTree(line);
            Map<String, String> options = JSON.convertValue(task.get("options"), new TypeReference<>() {});
            String uri = Path.of(task.get("file").asText()).toUri().toString();
            String named = task.has("layout") ? uri + "\t\t\t\t\t" + task.get("layout").asText() : uri;
            List<FileReading.Found> rows = new FileReading(options).read(named);
            out.println(JSON.writeValueAsString(rows.stream().map(FileReading.Found::shown).toList()));
        }
    }
}
