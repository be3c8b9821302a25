package io.tidegate.connectors.opensearch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.flink.table.api.EnvironmentSettings;
import org.apache.flink.table.api.ExplainDetail;
import org.apache.flink.table.api.TableEnvironment;
import org.apache.flink.table.api.ValidationException;
import org.apache.flink.util.ExceptionUtils;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The sink as SQL sees it. */
class OpenSearchTableSinkTest {

    private static final String COLUMNS = "id BIGINT, event_time TIMESTAMP_LTZ(3), tags ARRAY<STRING>";
    private static final String INSERT =
            "INSERT INTO events SELECT n, TO_TIMESTAMP_LTZ(n * 3600000, 3), ARRAY['a'] FROM numbers";
    private static final String UPDATES =
            "INSERT INTO events SELECT MOD(n, 5), MAX(TO_TIMESTAMP_LTZ(n, 3)), ARRAY['a'] FROM numbers GROUP BY MOD(n, 5)";

    private final Map<String, String> options = new TreeMap<>();
    private TableEnvironment sql;

    @BeforeEach
    void createNumbers() {
        sql = TableEnvironment.create(EnvironmentSettings.inStreamingMode());
        sql.executeSql("CREATE TABLE numbers (n BIGINT) WITH ('connector' = 'datagen', 'number-of-rows' = '3000',"
                + " 'rows-per-second' = '1000000', 'fields.n.kind' = 'sequence', 'fields.n.start' = '1',"
                + " 'fields.n.end' = '3000')");
        options.putAll(Map.of(
                "connector", "opensearch-bulk",
                "hosts", "http://localhost:1;http://localhost:2/",
                "index", "events-{event_time|yyyy.MM.dd}",
                "dead-letter.topic", "dlq.events",
                "dead-letter.dataset", "events",
                "dead-letter.schema", "{}",
                "dead-letter.registry.url", "http://localhost:1",
                "dead-letter.properties.bootstrap.servers", "localhost:1"));
    }

    @Test
    void rowsOfAQueryArriveUnderTheirOwnIdAndDay() throws Exception {
        HttpServer registry = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        registry.createContext("/subjects/dlq.events-value", exchange -> {
            byte[] body = "{\"id\": 7}".getBytes();
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        registry.start();
        try (FakeOpenSearch server = new FakeOpenSearch()) {
            options.put("hosts", server.address());
            options.put("dead-letter.registry.url", "http://127.0.0.1:" + registry.getAddress().getPort());
            options.put(
                    "dead-letter.schema",
                    Files.readString(Path.of("..", "..", "schemas", "dead_letter", "v2.avsc")).replace("'", "''"));
            createEvents("PRIMARY KEY (id) NOT ENFORCED");

            sql.executeSql(INSERT).await();

            assertEquals(3000, server.documents.size());
            assertEquals(
                    "{\"id\":25,\"event_time\":\"1970-01-02T01:00:00.000Z\",\"tags\":[\"a\"]}",
                    server.documents.get("events-1970.01.02/25").toString());
            assertTrue(server.requestSizes.stream().allMatch(size -> size <= 1000));
        } finally {
            registry.stop(0);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "hosts                           | localhost:9200  | is no address like http://localhost:9200",
        "index                           | e-{nope}        | neither a fixed name nor",
        "document-id.fields              | nope            | 'nope' isn't in the table",
        "sink.version-column             | tags            | must be INT, BIGINT or TIMESTAMP",
        "sink.max-buffered-requests      | 1000            | must be greater than sink.bulk-flush.max-actions",
        "sink.bulk-flush.max-actions     | 0               | must be greater than 0",
        "username                        | ann             | password",
        "sink.version-clock              | true            | sink.max-in-flight-requests = 1",
        "sink.version                    | -1              | sink.version must be 0 or more",
        "sink.colour                     | red             | Unsupported options"
    })
    void aBadOptionIsNamedWhenTheQueryIsPlanned(String option, String value, String message) {
        options.put(option, value);
        createEvents("PRIMARY KEY (id) NOT ENFORCED");

        assertRefused(INSERT, message);
    }

    @Test
    void documentsNeedAnIdentity() {
        createEvents("name STRING");

        assertRefused("INSERT INTO events SELECT n, TO_TIMESTAMP_LTZ(n, 3), ARRAY['a'], 'x' FROM numbers", "identity");
    }

    @Test
    void updatesNeedAnOrder() {
        createEvents("PRIMARY KEY (id) NOT ENFORCED");

        assertRefused(UPDATES, "sink.version-column");
    }

    @ParameterizedTest
    @CsvSource({"sink.version-column, event_time", "sink.max-in-flight-requests, 1"})
    void updatesWithAnOrderAreTaken(String option, String value) {
        options.put(option, value);
        createEvents("PRIMARY KEY (id) NOT ENFORCED");

        assertTrue(sql.explainSql(UPDATES).contains("Sink(table=[default_catalog.default_database.events]"));
    }

    @Test
    void rowsThatGoAwayTakeTheirDocumentsWithThem() {
        options.put("sink.max-in-flight-requests", "1");
        createEvents("PRIMARY KEY (id) NOT ENFORCED");
        String countsOfCounts = "INSERT INTO events SELECT c, MAX(TO_TIMESTAMP_LTZ(c, 3)), ARRAY['a'] FROM"
                + " (SELECT COUNT(*) AS c FROM numbers GROUP BY MOD(n, 5)) GROUP BY c";

        assertTrue(sql.explainSql(countsOfCounts, ExplainDetail.CHANGELOG_MODE).contains("[I,UA,D]"));
    }

    @ParameterizedTest
    @CsvSource({"sink.version-column, event_time", "sink.version-clock, true", "sink.op-type, create"})
    void oneVersionForAllStandsAlone(String option, String value) {
        options.put("sink.version", "5");
        options.put("sink.max-in-flight-requests", "1");
        options.put(option, value);
        createEvents("PRIMARY KEY (id) NOT ENFORCED");

        assertRefused(INSERT, "sink.version");
    }

    private void createEvents(String lastLine) {
        String with = options.entrySet().stream()
                .map(option -> "'" + option.getKey() + "' = '" + option.getValue() + "'")
                .collect(Collectors.joining(", "));
        sql.executeSql("CREATE TABLE events (" + COLUMNS + ", " + lastLine + ") WITH (" + with + ")");
    }

    private void assertRefused(String statement, String message) {
        ValidationException failure = assertThrows(ValidationException.class, () -> sql.explainSql(statement));
        assertTrue(ExceptionUtils.stringifyException(failure).contains(message), () -> "" + failure);
    }
}
