package io.tidegate.connectors.files;

import static io.tidegate.connectors.files.FileReading.read;
import static io.tidegate.connectors.files.FileReading.with;
import static io.tidegate.connectors.files.SplitRowsTest.end;
import static io.tidegate.connectors.files.SplitRowsTest.shown;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.tidegate.connectors.files.FileReading.Found;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CsvHeaderTest {
    private static final Map<String, String> OPTIONS = Map.of("csv.schema", """
            {"type": "record", "name": "R", "fields": [
              {"name": "id", "type": "string"},
              {"name": "order_date", "json": "Order Date", "type": ["null", "string"], "default": null, "aliases": ["day"]},
              {"name": "kind", "type": "string", "default": "sale"}
            ]}""");

    private static String fault(String header) throws Exception {
        List<Found> rows = read(OPTIONS, header + "\n1,2,3\n");
        assertEquals(1, rows.size());
        assertEquals("BAD_HEADER", rows.get(0).code());
        return rows.get(0).message();
    }

    @Test
    void columnsAreFoundByTheirNamesInAnyOrder() throws Exception {
        assertEquals("[1, today, x]", shown(read(OPTIONS, "kind,Order Date,id\nx,today,1\n")));
        assertEquals("[1, today, x]", shown(read(OPTIONS, "kind,day,id\nx,today,1\n")));
    }

    @Test
    void allThatIsWrongIsSaidAtOnce() throws Exception {
        assertEquals("columns missing: 'Order Date'; there twice: 'id'; unknown: 'Id', 'kind '",
                fault("id,Id,id,kind,kind "));
        assertEquals("columns missing: 'kind'; there twice: 'day'", fault("id,Order Date,day"));
        assertEquals("columns missing: 'id', 'Order Date', 'kind'; unknown: 'id;Order Date;kind'", fault("id;Order Date;kind"));
        assertEquals("the first row can't be read: cell 1: a quote that does not end", fault("\"id,kind"));
    }

    @Test
    void everySplitOfSuchAFileSaysSoAndNoneHasARow() throws Exception {
        List<Found> rows = read(with(OPTIONS, "split-bytes", "5 b"), "id,kind\n1,2\n3,4\n");

        assertEquals(4, rows.size());
        rows.forEach(row -> assertEquals("columns missing: 'Order Date'", row.message()));
    }

    @Test
    void aColumnMayBeMissingWhereThatIsSaidAndItsFieldHasADefault() throws Exception {
        Map<String, String> options = with(OPTIONS, "csv.missing-columns", "default");

        assertEquals("[1, null, sale]", shown(read(options, "id\n1\n")));
        assertEquals("columns missing: 'id'", end(read(options, "kind\n1\n")).message());
    }

    @Test
    void unknownColumnsMayBePassedOver() throws Exception {
        List<Found> rows = read(with(OPTIONS, "csv.unknown-columns", "ignore"), "x,id,kind,Order Date\n5,1,2,\n");

        assertEquals("[1, null, 2]", shown(rows));
        assertNull(end(rows).code());
    }

    @Test
    void anEmptyCellIsTheFieldsDefaultOrAFault() throws Exception {
        List<Found> rows = read(OPTIONS, "id,kind,Order Date\n1,,\n\"\",2,\n\\N,2,\n");

        assertEquals("[1, null, sale] BAD_VALUE BAD_VALUE", shown(rows));
        assertEquals("field 'id': null, but the field may not be null", rows.get(1).message());
        assertEquals("field 'id': \\N is how MySQL writes null; name it in csv.null, or leave the cell empty",
                rows.get(2).message());
        assertEquals("[1, null, NULL]", shown(read(with(OPTIONS, "csv.null", "\\N;-"), "id,kind,Order Date\n1,NULL,\\N\n")));
    }
}
