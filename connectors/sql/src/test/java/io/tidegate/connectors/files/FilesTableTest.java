package io.tidegate.connectors.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.table.api.EnvironmentSettings;
import org.apache.flink.table.api.StatementSet;
import org.apache.flink.table.api.TableEnvironment;
import org.apache.flink.types.Row;
import org.apache.flink.util.CloseableIterator;
import org.apache.flink.util.ExceptionUtils;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The connector in SQL, with two tasks that read. */
class FilesTableTest {
    private static final String SCHEMA = """
            {"type": "record", "name": "Sale", "fields": [
              {"name": "id", "type": "string"},
              {"name": "amount", "type": {"type": "bytes", "logicalType": "decimal", "precision": 12, "scale": 2}},
              {"name": "at", "type": {"type": "long", "logicalType": "timestamp-millis"}},
              {"name": "place", "type": ["null", "string"], "default": null}
            ]}""";
    private static final String COLUMNS = """
            id STRING, amount DECIMAL(12, 2), `at` TIMESTAMP_LTZ(3), place STRING,
            kind STRING METADATA VIRTUAL, file STRING METADATA VIRTUAL, `offset` BIGINT METADATA VIRTUAL,
            `rows` BIGINT METADATA VIRTUAL, `row` BIGINT METADATA VIRTUAL, size BIGINT METADATA FROM 'file-size' VIRTUAL,
            code STRING METADATA FROM 'value.error-code' VIRTUAL, payload BYTES METADATA FROM 'value.raw' VIRTUAL,
            schema_id INT METADATA FROM 'value.schema-id' VIRTUAL, rescued STRING METADATA FROM 'value.rescued' VIRTUAL""";

    @TempDir
    private Path folder;

    private TableEnvironment sql;

    @BeforeEach
    void begin() {
        use(EnvironmentSettings.inBatchMode());
    }

    private void use(EnvironmentSettings mode) {
        sql = TableEnvironment.create(mode);
        Configuration two = new Configuration();
        two.setString("parallelism.default", "2");
        two.setString("table.local-time-zone", "UTC");
        two.setString("restart-strategy.type", "disable");
        two.setString("table.optimizer.reuse-optimize-block-with-digest-enabled", "true");
        sql.getConfig().addConfiguration(two);
    }

    private String file(String name, String content) throws Exception {
        return Files.writeString(folder.resolve(name), content).toUri().toString();
    }

    private void create(String files, String options) {
        sql.executeSql("CREATE TABLE sales (" + COLUMNS + ") WITH ('connector' = 'files', 'files' = '" + files + "', " + options + ")");
    }

    private List<String> rows(String query) throws Exception {
        List<String> found = new ArrayList<>();
        try (CloseableIterator<Row> rows = sql.executeSql(query).collect()) {
            rows.forEachRemaining(row -> found.add(row.toString()));
        }
        return found.stream().sorted().toList();
    }

    private static String csv(int rows) {
        StringBuilder content = new StringBuilder("amount,id,at,place\n");
        for (int i = 0; i < rows; i++) {
            content.append(i % 10 == 9 ? "much" : i + ".50").append(",s").append(i).append(",2026-11-21T10:00:00Z,\n");
        }
        return content.toString();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void filesAreReadInPartsByBatchAndByStream(boolean isBatch) throws Exception {
        use(isBatch ? EnvironmentSettings.inBatchMode() : EnvironmentSettings.inStreamingMode());
        String files = file("a.csv", csv(1000)) + "\n" + file("b.csv", "at,id,amount\n");
        create(files, "'layout' = 'csv', 'split-bytes' = '1 kb', 'csv.missing-columns' = 'default', 'csv.schema' = '" + SCHEMA + "'");

        List<String> good = rows("SELECT id FROM sales WHERE kind = 'row' AND code IS NULL");
        List<String> bad = rows("SELECT CAST(payload AS STRING) FROM sales WHERE kind = 'row' AND code = 'BAD_VALUE'");
        assertEquals(900, good.stream().distinct().count());
        assertEquals(900, good.size());
        assertEquals(100, bad.stream().distinct().count());
        assertEquals(100, bad.size());
        List<String> ends = rows("SELECT `rows`, file FROM sales WHERE kind = 'split'");
        assertEquals(1000, ends.stream().mapToInt(end -> Integer.parseInt(end.substring(3, end.indexOf(',')))).sum());
        assertEquals((csv(1000).length() + 1023) / 1024 + 1, ends.size());
    }

    /** So that the same SQL reads a topic, the lake's bytes, and files. */
    @Test
    void aRowHasWhatARecordOfATopicHas() throws Exception {
        sql.executeSql("CREATE TABLE sales (id STRING, _key BYTES, amount DECIMAL(12, 2), _topic STRING METADATA FROM 'topic' VIRTUAL,"
                + " _partition INT METADATA FROM 'partition' VIRTUAL, _offset BIGINT METADATA FROM 'offset' VIRTUAL,"
                + " _time TIMESTAMP_LTZ(3) METADATA FROM 'timestamp' VIRTUAL,"
                + " _headers MAP<STRING, BYTES> METADATA FROM 'headers' VIRTUAL, kind STRING METADATA VIRTUAL"
                + ") WITH ('connector' = 'files', 'layout' = 'csv', 'csv.schema' = '" + SCHEMA + "', 'files' = '"
                + file("a.csv", "id,amount,at,place\ns1,2.5,0,\ns2,x,0,\n") + "\t\t1500\t31\tsftp://shop/day.csv')");

        assertEquals(
                List.of("+I[null, null, null, sftp://shop/day.csv, 31, 0, 1970-01-01T00:00:01.500Z, {}, split]",
                        "+I[null, null, null, sftp://shop/day.csv, 31, 29, 1970-01-01T00:00:01.500Z, {}, row]",
                        "+I[s1, null, 2.50, sftp://shop/day.csv, 31, 19, 1970-01-01T00:00:01.500Z, {}, row]"),
                rows("SELECT * FROM sales"));
    }

    /** Rows with their verdicts, and what splits held, in one job: the files are read and decoded once. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void severalInsertsReadTheFilesOnce(boolean isBatch) throws Exception {
        use(isBatch ? EnvironmentSettings.inBatchMode() : EnvironmentSettings.inStreamingMode());
        create(file("a.csv", csv(10)), "'layout' = 'csv', 'csv.schema' = '" + SCHEMA + "'");
        sql.executeSql("CREATE TEMPORARY VIEW records AS SELECT id, amount, `offset`, code, payload FROM sales WHERE kind = 'row'");
        sql.executeSql("CREATE TABLE silver (id STRING, amount DECIMAL(12, 2)) WITH ('connector' = 'blackhole')");
        sql.executeSql("CREATE TABLE letters (`offset` BIGINT, code STRING, payload BYTES) WITH ('connector' = 'blackhole')");
        sql.executeSql("CREATE TABLE splits (`rows` BIGINT, code STRING) WITH ('connector' = 'blackhole')");
        StatementSet all = sql.createStatementSet()
                .addInsertSql("INSERT INTO silver SELECT id, amount FROM records WHERE code IS NULL")
                .addInsertSql("INSERT INTO letters SELECT `offset`, code, payload FROM records WHERE code IS NOT NULL")
                .addInsertSql("INSERT INTO splits SELECT `rows`, code FROM sales WHERE kind = 'split'");

        String plan = all.explain();
        String executed = plan.substring(plan.indexOf("== Optimized Execution Plan =="));
        assertEquals(2, executed.split("TableSourceScan").length, executed);
        all.execute().await();
    }

    @Test
    void aBadRowHasItsBytesAndAGoodOneItsValues() throws Exception {
        create(file("a.csv", csv(10)), "'layout' = 'csv', 'csv.schema' = '" + SCHEMA + "'");

        assertEquals(
                List.of("+I[null, null, null, null, BAD_VALUE, much,s9,2026-11-21T10:00:00Z,, 10]",
                        "+I[s0, 0.50, 2026-11-21T10:00:00Z, null, null, 0.50,s0,2026-11-21T10:00:00Z,, 1]"),
                rows("SELECT id, amount, `at`, place, code, CAST(payload AS STRING), `row` FROM sales"
                        + " WHERE kind = 'row' AND `row` IN (1, 10)"));
    }

    @Test
    void whatSqlFailsForComesOnceMoreWithTheReason() throws Exception {
        create(file("a.csv", "id,amount,at,place\n7,1,0,\nx,2,0,\n9,3,0,\n"), "'layout' = 'csv', 'csv.schema' = '" + SCHEMA + "'");

        assertEquals(
                List.of("+I[7, null, 7,1,0,]", "+I[9, null, 9,3,0,]", "+I[null, TRANSFORM_FAILED, x,2,0,]"),
                rows("SELECT CAST(id AS INT), code, CAST(payload AS STRING) FROM sales WHERE kind = 'row'"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"json-lines", "json-array"})
    void jsonIsReadByTheFormatOfTopics(String layout) throws Exception {
        String good = "{\"id\": \"s1\", \"amount\": 1.5, \"at\": 0, \"x\": [1]}";
        List<String> values = List.of(good, "{\"id\": 7, \"amount\": 1.5, \"at\": 0}", "{}", good.replace("s1", "s2"));
        boolean isLines = layout.equals("json-lines");
        String content = isLines ? String.join("\n", values) + "\n\n" : "[" + String.join(",\n", values) + "]";
        create(file("a.json", content), "'layout' = '" + layout + "', 'value.format' = 'contract-json',"
                + " 'value.contract-json.unknown-fields' = 'rescue', 'value.contract-json.schema' = '" + SCHEMA + "'");

        assertEquals(
                List.of("+I[null, null, BAD_VALUE, null]", "+I[null, null, BAD_VALUE, null]",
                        "+I[s1, 1.50, null, {\"x\": [1]}]", "+I[s2, 1.50, null, {\"x\": [1]}]"),
                rows("SELECT id, amount, code, rescued FROM sales WHERE kind = 'row'"));
        assertEquals(List.of("+I[4]"), rows("SELECT `rows` FROM sales WHERE kind = 'split'"));
    }

    /** Rows of Parquet are read as JSON. */
    @Test
    void linesOfJsonMayBeAmongFilesOfParquetAndAreReadInParts() throws Exception {
        String content = "{\"id\": \"s1\", \"amount\": 1.5, \"at\": 0}\n{}\n".repeat(50);
        create(file("a.jsonl", content) + "\t\t\t7\ta.parquet#repair\tjson-lines", "'layout' = 'parquet', 'split-bytes' = '1 kb',"
                + " 'value.format' = 'contract-json', 'value.contract-json.schema' = '" + SCHEMA + "'");

        assertEquals(List.of("+I[50, 100]"), rows("SELECT COUNT(id), COUNT(DISTINCT `offset`) FROM sales WHERE kind = 'row'"));
        assertEquals(List.of("+I[100, 2]"), rows("SELECT SUM(`rows`), COUNT(*) FROM sales WHERE kind = 'split'"));
    }

    @Test
    void linesOfJsonAreNotAmongFilesOfCsv() {
        create("/tmp/x\t\t\t7\tx.csv\tjson-lines", "'layout' = 'csv', 'csv.schema' = '" + SCHEMA + "'");

        var failure = assertThrows(Exception.class, () -> sql.explainSql("SELECT * FROM sales"));
        assertTrue(ExceptionUtils.stringifyException(failure).contains("which only stands among files of Parquet"));
    }

    @Test
    void aFileThatIsNotThereFailsTheQueryByItsName() {
        create(folder.resolve("none.csv").toUri().toString(), "'layout' = 'csv', 'csv.schema' = '" + SCHEMA + "'");

        var failure = assertThrows(Exception.class, () -> rows("SELECT * FROM sales"));
        assertTrue(ExceptionUtils.stringifyException(failure).contains("none.csv"), failure.getMessage());
    }

    @Test
    void optionsOfTheOtherLayoutAreAskedFor() {
        create("/tmp/x", "'layout' = 'csv'");
        var failure = assertThrows(Exception.class, () -> sql.explainSql("SELECT * FROM sales"));
        assertTrue(ExceptionUtils.stringifyException(failure).contains("Option 'csv.schema' is missing, which layout csv needs."));
    }
}
