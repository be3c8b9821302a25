package io.tidegate.connectors.reference;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.apache.flink.table.api.EnvironmentSettings;
import org.apache.flink.table.api.TableEnvironment;
import org.apache.flink.table.api.ValidationException;
import org.apache.flink.util.ExceptionUtils;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the planner makes of a join with the table. No server is asked before the job runs. */
class VersionedKafkaPlanTest {
    private static final String PRODUCTS = """
            CREATE TABLE products (product_id STRING, unit_price DECIMAL(12, 2), updated_at TIMESTAMP_LTZ(3), as_of TIMESTAMP_LTZ(3))
            WITH ('connector' = 'versioned-kafka', 'topic' = 'ref.products', 'properties.bootstrap.servers' = 'localhost:1',
              'key' = 'product_id', 'version-time' = '%s', 'as-of' = 'as_of', 'format' = 'contract-avro',
              'contract-avro.registry.url' = 'http://localhost:1', 'contract-avro.schema' = '{"type": "record", "name": "Product",
                "fields": [{"name": "product_id", "type": "string"},
                  {"name": "unit_price", "type": {"type": "bytes", "logicalType": "decimal", "precision": 12, "scale": 2}},
                  {"name": "updated_at", "type": {"type": "long", "logicalType": "timestamp-millis"}}]}')""";
    private static final String JOIN = """
            SELECT c.product_id, p.unit_price FROM clicks AS c
            LEFT JOIN products FOR SYSTEM_TIME AS OF c.proc_time AS p ON p.product_id = c.product_id""";

    private TableEnvironment sql;

    @BeforeEach
    void createClicks() {
        use(EnvironmentSettings.inStreamingMode());
    }

    private void use(EnvironmentSettings settings) {
        sql = TableEnvironment.create(settings);
        sql.executeSql("""
                CREATE TABLE clicks (product_id STRING, event_time TIMESTAMP_LTZ(3), proc_time AS PROCTIME(),
                  WATERMARK FOR event_time AS event_time)
                WITH ('connector' = 'datagen', 'number-of-rows' = '1')""");
        sql.executeSql(PRODUCTS.formatted("updated_at"));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aJoinOnKeyAndTimeIsALookupWithoutShuffle(boolean streaming) {
        use(streaming ? EnvironmentSettings.inStreamingMode() : EnvironmentSettings.inBatchMode());
        String plan = sql.explainSql(JOIN + " AND p.as_of = c.event_time");
        assertTrue(plan.contains("LookupJoin(table=[default_catalog.default_database.products], joinType=[LeftOuterJoin]"), plan);
        assertTrue(!plan.contains("Exchange"), plan);
    }

    @ParameterizedTest
    @ValueSource(strings = {"INT", "BIGINT"})
    void aKeyMayBeAWholeNumber(String type) {
        sql.executeSql("DROP TABLE clicks");
        sql.executeSql("DROP TABLE products");
        sql.executeSql("CREATE TABLE clicks (product_id " + type + ", event_time TIMESTAMP_LTZ(3), proc_time AS PROCTIME())"
                + " WITH ('connector' = 'datagen', 'number-of-rows' = '1')");
        String avro = type.equals("INT") ? "int" : "long";
        sql.executeSql(PRODUCTS.formatted("updated_at")
                .replace("product_id STRING", "product_id " + type)
                .replace("\"product_id\", \"type\": \"string\"", "\"product_id\", \"type\": \"" + avro + "\""));
        String plan = sql.explainSql(JOIN + " AND p.as_of = c.event_time");
        assertTrue(plan.contains("LookupJoin(table=[default_catalog.default_database.products], joinType=[LeftOuterJoin]"), plan);
    }

    @Test
    void aKeyOfAnotherTypeIsRefused() {
        sql.executeSql("DROP TABLE products");
        sql.executeSql(PRODUCTS.formatted("updated_at").replace("'key' = 'product_id'", "'key' = 'unit_price'"));
        var error = assertThrows(ValidationException.class, () -> sql.explainSql(JOIN));
        assertTrue(ExceptionUtils.stringifyException(error).contains("BIGINT or INTEGER or VARCHAR"), error.getMessage());
    }

    @Test
    void aJoinWithoutATimeSaysHowToWriteIt() {
        var error = assertThrows(Exception.class, () -> sql.explainSql(JOIN));
        assertTrue(ExceptionUtils.stringifyException(error).contains("AND p.as_of = e.<time>"), error.getMessage());
    }

    @Test
    void anOptionThatNamesNoTimeColumnIsRefused() {
        sql.executeSql("DROP TABLE products");
        sql.executeSql(PRODUCTS.formatted("unit_price"));
        var error = assertThrows(ValidationException.class, () -> sql.explainSql(JOIN));
        assertTrue(
                ExceptionUtils.stringifyException(error).contains("Option 'version-time' names 'unit_price'"), error.getMessage());
    }
}
