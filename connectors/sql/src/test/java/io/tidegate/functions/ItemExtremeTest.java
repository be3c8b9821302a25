package io.tidegate.functions;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigDecimal;
import org.apache.flink.table.api.EnvironmentSettings;
import org.apache.flink.table.api.TableEnvironment;
import org.apache.flink.table.api.ValidationException;
import org.apache.flink.types.Row;
import org.apache.flink.util.CloseableIterator;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class ItemExtremeTest {
    private static TableEnvironment sql;

    @BeforeAll
    static void makeTables() {
        sql = TableEnvironment.create(EnvironmentSettings.inBatchMode());
        for (String name : new String[] {"Min", "Max"}) {
            sql.executeSql("CREATE TEMPORARY SYSTEM FUNCTION item_" + name + " AS 'io.tidegate.functions.Item" + name
                    + "' LANGUAGE JAVA");
        }
        sql.executeSql("""
                CREATE TEMPORARY VIEW orders AS
                SELECT id, CAST(`lines` AS ARRAY<ROW<product STRING, quantity INT, price DECIMAL(12, 2)>>) AS `lines`
                FROM (VALUES
                  (1, ARRAY[ROW('kettle', 3, 1.50), ROW('cup', CAST(NULL AS INT), 20.00), ROW('apron', 2, -0.01)]),
                  (2, ARRAY[ROW('cup', CAST(NULL AS INT), CAST(NULL AS DECIMAL(4, 2)))])
                ) AS t(id, `lines`)
                UNION ALL SELECT 3, CAST(NULL AS ARRAY<ROW<product STRING, quantity INT, price DECIMAL(12, 2)>>)""");
    }

    @Test
    void extremesAreOfTheFieldsOwnTypeAndPassOverNulls() throws Exception {
        Row row = only("SELECT item_min(`lines`, 'quantity'), item_max(`lines`, 'quantity'), item_min(`lines`, 'price'),"
                + " item_max(`lines`, 'price'), item_min(`lines`, 'product') FROM orders WHERE id = 1");
        assertEquals(Row.of(2, 3, new BigDecimal("-0.01"), new BigDecimal("20.00"), "apron"), row);
    }

    @Test
    void nothingToCompareIsNull() throws Exception {
        assertEquals(Row.of((Object) null), only("SELECT item_min(`lines`, 'quantity') FROM orders WHERE id = 2"));
        assertEquals(Row.of((Object) null), only("SELECT item_max(`lines`, 'price') FROM orders WHERE id = 3"));
    }

    @Test
    void aFieldThatItemsLackIsNamedWhenPlanned() {
        ValidationException error = assertThrows(
                ValidationException.class, () -> sql.sqlQuery("SELECT item_min(`lines`, 'colour') FROM orders"));
        Throwable cause = error;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        assertTrue(cause.getMessage().contains("The items have no field colour, only product, quantity, price."), cause.getMessage());
    }

    private static Row only(String query) throws Exception {
        try (CloseableIterator<Row> rows = sql.executeSql(query).collect()) {
            return rows.next();
        }
    }
}
