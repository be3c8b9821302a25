package io.tidegate.connectors.avro;

import io.tidegate.functions.HmacSha256;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.apache.flink.table.data.DecimalData;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.TimestampData;
import org.apache.flink.table.types.logical.RowType;

/**
 * Times decoding, encoding and pseudonyms of clicks on one core; a program to run by hand, not a test.
 */
public final class FormatSpeed {
    private static final int ROUNDS = 5;
    private static final int RECORDS = 10_000;
    private static final int REPEATS = 150;

    private FormatSpeed() {}

    @FunctionalInterface
    public interface Work {
        int once(int record) throws Exception;
    }

    /** @param args the click schema's file */
    public static void main(String[] args) throws Exception {
        String schema = Files.readString(Path.of(args[0]));
        RowType columns = Formats.columns(schema);
        try (FakeRegistry registry = new FakeRegistry().with(Formats.SCHEMA_ID, schema)) {
            ContractAvroSerializer writer = Formats.writer(registry, schema, columns);
            ContractAvroDeserializer reader = Formats.reader(registry, schema, columns);
            HmacSha256 hmac = new HmacSha256();
            hmac.open(null);
            GenericRowData[] rows = clicks();
            byte[][] messages = new byte[RECORDS][];
            long bytes = 0;
            for (int i = 0; i < RECORDS; i++) {
                messages[i] = writer.serialize(rows[i]);
                bytes += messages[i].length;
            }
            System.out.printf("%d bytes a record%n", bytes / RECORDS);
            time("decode", i -> reader.deserialize(messages[i]) == null ? 1 : 0);
            RowData[] decoded = new RowData[RECORDS];
            for (int i = 0; i < RECORDS; i++) {
                decoded[i] = reader.deserialize(messages[i]);
            }
            time("encode", i -> writer.serialize(decoded[i]).length);
            time("pseudonym", i -> hmac.eval(decoded[i].getString(12)).hashCode());
        }
    }

    /** Does the work with each of the records, many times, and prints how many are done in a second of CPU time. */
    public static void time(String name, Work work) throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            long start = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
            int sum = 0;
            for (int i = 0; i < RECORDS * REPEATS; i++) {
                sum += work.once(i % RECORDS);
            }
            double seconds = (ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - start) / 1e9;
            System.out.printf("%s: %,.0f per CPU-second (%d)%n", name, RECORDS * REPEATS / seconds, sum);
        }
    }

    /** As many as {@link #time} works with. */
    public static GenericRowData[] clicks() {
        Random random = new Random(1);
        GenericRowData[] rows = new GenericRowData[RECORDS];
        for (int i = 0; i < RECORDS; i++) {
            String id = "0193a4e2-7b1c-7def-8123-%012x".formatted(random.nextLong() & 0xffffffffffffL);
            rows[i] = GenericRowData.of(
                    text(id), TimestampData.fromEpochMillis(1_763_700_000_000L + i), text("u" + random.nextInt(100_000)),
                    text(id.substring(9)), text("view"), text("/products/p" + random.nextInt(1000) + "?ref=home"),
                    text("https://search.example/results"), text("p" + random.nextInt(1000)), 1 + random.nextInt(5),
                    DecimalData.fromUnscaledLong(random.nextInt(100_000), 12, 2), text("EUR"), text("DE"),
                    text("10.1." + random.nextInt(256) + "." + random.nextInt(256)),
                    text("Mozilla/5.0 (X11; Linux x86_64) Firefox/132.0"));
        }
        return rows;
    }

    private static StringData text(String value) {
        return StringData.fromString(value);
    }
}
