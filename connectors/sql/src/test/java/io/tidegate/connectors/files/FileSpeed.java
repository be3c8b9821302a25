package io.tidegate.connectors.files;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.connector.file.src.FileSourceSplit;
import org.apache.flink.connector.file.src.reader.BulkFormat;
import org.apache.flink.connector.file.src.util.RecordAndPosition;

/**
 * Times the reading of a file of transactions on one core, cut into rows alone and decoded as well; a program to run by hand,
 * not a test.
 */
final class FileSpeed {
    private static final int ROUNDS = 4;
    private static final int MEGABYTE = 1_000_000;
    private static final String SCHEMA = """
            {"type": "record", "name": "Transaction", "fields": [
              {"name": "transaction_id", "type": "string"},
              {"name": "booked_at", "type": {"type": "long", "logicalType": "timestamp-millis"}},
              {"name": "customer_id", "type": "string"},
              {"name": "merchant", "type": "string"},
              {"name": "amount", "type": {"type": "bytes", "logicalType": "decimal", "precision": 12, "scale": 2}},
              {"name": "currency", "type": "string"},
              {"name": "quantity", "type": "int"},
              {"name": "country", "type": ["null", "string"], "default": null}
            ]}""";

    private FileSpeed() {}

    /** @param args a folder for the files, and their megabytes */
    public static void main(String[] args) throws Exception {
        Path folder = Path.of(args[0]);
        int megabytes = Integer.parseInt(args[1]);
        Path csv = folder.resolve("speed.csv");
        Path json = folder.resolve("speed.jsonl");
        Path gzip = folder.resolve("speed.csv.gz");
        write(csv, false, megabytes);
        write(json, true, megabytes);
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(gzip))) {
            Files.copy(csv, out);
        }
        Map<String, String> options = Map.of("layout", "csv", "csv.schema", SCHEMA);
        time("csv, cut into rows", options, csv, false);
        time("csv, decoded", options, csv, true);
        time("csv with cells of many lines, decoded", FileReading.with(options, "csv.multiline", "true"), csv, true);
        time("csv in gzip, decoded", options, gzip, true);
        time("json-lines, cut into rows", Map.of("layout", "json-lines"), json, false);
        for (Path file : List.of(csv, json, gzip)) {
            Files.delete(file);
        }
    }

    private static void write(Path file, boolean isJson, int megabytes) throws IOException {
        Random random = new Random(1);
        try (OutputStream out = Files.newOutputStream(file)) {
            long written = 0;
            if (!isJson) {
                out.write("transaction_id,booked_at,customer_id,merchant,amount,currency,quantity,country\n".getBytes(StandardCharsets.UTF_8));
            }
            StringBuilder rows = new StringBuilder();
            while (written < (long) megabytes * MEGABYTE) {
                rows.setLength(0);
                for (int i = 0; i < 10_000; i++) {
                    rows.append(row(random, isJson)).append('\n');
                }
                byte[] bytes = rows.toString().getBytes(StandardCharsets.UTF_8);
                out.write(bytes);
                written += bytes.length;
            }
        }
    }

    private static String row(Random random, boolean isJson) {
        String merchant = random.nextInt(10) == 0 ? "Müller, Söhne" : "Merchant " + random.nextInt(1000);
        String form = isJson
                ? "{\"transaction_id\": \"t-%012x\", \"booked_at\": \"2026-11-21T%02d:%02d:%02d.%03dZ\", \"customer_id\": \"c%d\","
                        + " \"merchant\": \"%s\", \"amount\": %d.%02d, \"currency\": \"EUR\", \"quantity\": %d, \"country\": \"DE\"}"
                : merchant.indexOf(',') > 0
                        ? "t-%012x,2026-11-21T%02d:%02d:%02d.%03dZ,c%d,\"%s\",%d.%02d,EUR,%d,DE"
                        : "t-%012x,2026-11-21T%02d:%02d:%02d.%03dZ,c%d,%s,%d.%02d,EUR,%d,DE";
        return form.formatted(
                random.nextLong() & 0xffffffffffffL, random.nextInt(24), random.nextInt(60), random.nextInt(60),
                random.nextInt(1000), random.nextInt(100_000), merchant, random.nextInt(10_000), random.nextInt(100),
                1 + random.nextInt(9));
    }

    /** Prints megabytes and rows in a second of CPU time, those of the file as it lies there. */
    private static void time(String name, Map<String, String> options, Path file, boolean isDecoded) throws Exception {
        FileReading reading = new FileReading(options);
        for (int round = 0; round < ROUNDS; round++) {
            long rows = 0;
            long bad = 0;
            long start = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
            for (FileSourceSplit split : new ArrayList<>(reading.splits(file))) {
                try (BulkFormat.Reader<FileRow> reader = reading.format().createReader(new Configuration(), split)) {
                    for (var batch = reader.readBatch(); batch != null; batch = reader.readBatch()) {
                        for (RecordAndPosition<FileRow> row = batch.next(); row != null; row = batch.next()) {
                            rows++;
                            bad += isDecoded ? reading.countBad(row.getRecord()) : 0;
                        }
                    }
                }
            }
            double seconds = (ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - start) / 1e9;
            System.out.printf("%s: %,.0f MB and %,.0f rows per CPU-second (%d bad)%n",
                    name, Files.size(file) / seconds / MEGABYTE, rows / seconds, bad);
        }
    }
}
