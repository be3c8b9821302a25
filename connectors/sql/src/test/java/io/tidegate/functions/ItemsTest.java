package io.tidegate.functions;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.table.api.EnvironmentSettings;
import org.apache.flink.table.api.StatementSet;
import org.apache.flink.table.api.TableEnvironment;
import org.apache.flink.types.Row;
import org.apache.flink.util.CloseableIterator;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** In streaming mode, where what follows the items runs in their chain, as in the refine job. */
class ItemsTest {
    private static final String LINES = "ARRAY<ROW<product STRING, quantity INT, price DECIMAL(12, 2)>>";
    private static TableEnvironment sql;

    @BeforeAll
    static void makeTables() {
        sql = TableEnvironment.create(EnvironmentSettings.inStreamingMode());
        sql.getConfig().set("parallelism.default", "1");
        sql.createTemporarySystemFunction("items", Items.class);
        sql.createTemporarySystemFunction("storable", Storable.class);
        // Rows of a source, so that nothing is computed while planning.
        sql.executeSql("CREATE TEMPORARY TABLE seconds (id INT) WITH ('connector' = 'datagen', 'number-of-rows' = '1',"
                + " 'fields.id.kind' = 'sequence', 'fields.id.start' = '1', 'fields.id.end' = '1')");
        sql.executeSql("CREATE TEMPORARY VIEW orders AS SELECT id, CAST(ARRAY[ROW('kettle', 3 * id, 1.50),"
                + " ROW('cup', 0 * id, 20.00), ROW('apron', 2 * id, CAST('9999999999.99' AS DECIMAL(12, 2)))] AS "
                + LINES + ") AS `lines` FROM seconds");
        sql.executeSql("CREATE TEMPORARY VIEW exploded AS SELECT o.id, i.* FROM orders AS o"
                + " CROSS JOIN LATERAL TABLE(items(o.`lines`)) AS i (product, quantity, price, line_number, fault)");
    }

    @Test
    void eachItemIsARowWithItsPosition() throws Exception {
        assertEquals(
                List.of(
                        Row.of("kettle", 3, new BigDecimal("1.50"), 1),
                        Row.of("cup", 0, new BigDecimal("20.00"), 2),
                        Row.of("apron", 2, new BigDecimal("9999999999.99"), 3)),
                rows("SELECT product, quantity, price, line_number FROM exploded WHERE fault IS NULL"));
    }

    @Test
    void anItemThatAnExpressionFailsForComesWithTheReasonAndTheOthersGoOn() throws Exception {
        assertEquals(
                List.of("good> +I[1, 4]", "bad> +I[2, an expression fails: / by zero]", "good> +I[3, 6]"),
                printed("12 / quantity"));
    }

    @Test
    void aNullThatTheColumnCanNotHoldIsTheItemsFault() throws Exception {
        String field = "{\"type\": \"record\", \"name\": \"Silver\", \"fields\": [{\"name\": \"amount\", \"type\":"
                + " {\"type\": \"bytes\", \"logicalType\": \"decimal\", \"precision\": 10, \"scale\": 2}}]}";
        assertEquals(
                List.of(
                        "good> +I[1, 4.50]",
                        "good> +I[2, 0.00]",
                        "bad> +I[3, amount is null, which its schema does not allow]"),
                printed("storable(CAST(quantity * price AS DECIMAL(10, 2)), '" + field + "')"));
    }

    /** What both outputs print, in the order in which it comes; they read one view, as the outputs of a job do. */
    private static List<String> printed(String expression) throws Exception {
        sql.createTemporaryView("shared", sql.sqlQuery("SELECT * FROM exploded"));
        sql.executeSql("CREATE TEMPORARY TABLE good (n INT, v STRING) WITH ('connector' = 'print', 'print-identifier' = 'good')");
        sql.executeSql("CREATE TEMPORARY TABLE bad (n INT, v STRING) WITH ('connector' = 'print', 'print-identifier' = 'bad')");
        PrintStream console = System.out;
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        System.setOut(new PrintStream(text, true));
        try {
            StatementSet statements = sql.createStatementSet();
            statements.addInsertSql("INSERT INTO good SELECT line_number, CAST(" + expression + " AS STRING) FROM shared WHERE fault IS NULL");
            statements.addInsertSql("INSERT INTO bad SELECT line_number, fault FROM shared WHERE fault IS NOT NULL");
            statements.execute().await();
        } finally {
            System.setOut(console);
            for (String table : new String[] {"good", "bad"}) {
                sql.executeSql("DROP TEMPORARY TABLE " + table);
            }
            sql.dropTemporaryView("shared");
        }
        return text.toString().lines().filter(line -> line.contains("> +I[")).toList();
    }

    private static List<Row> rows(String query) throws Exception {
        List<Row> found = new ArrayList<>();
        try (CloseableIterator<Row> rows = sql.executeSql(query).collect()) {
            rows.forEachRemaining(row -> found.add(Row.copy(row)));
        }
        return found;
    }
}
