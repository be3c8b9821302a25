package io.tidegate.functions;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.tidegate.common.Names;
import io.tidegate.common.Sha256;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.flink.table.data.GenericMapData;
import org.apache.flink.table.data.MapData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.TimestampData;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RedrivenTest {
    private static final String SECRET = "secret";
    private static final byte[] VALUE = "value".getBytes(StandardCharsets.UTF_8);
    private static final TimestampData ARRIVED = TimestampData.fromEpochMillis(1_800_000_000_000L);
    /** Made by {@code tidegate/dead_letters/redriven.py}, whose test has the same text. */
    private static final String SIGNATURE = "1015d6df23bd680bfcb39c05a4331f75da1dd7dfa9c39dd1f235cd86a8f75df2";

    private final FirstArrival firstArrival = new FirstArrival(SECRET);
    private final Redriven redriven = new Redriven(SECRET);

    @BeforeEach
    void open() {
        firstArrival.open(null);
        redriven.open(null);
    }

    private static Map<String, String> copy() {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("trace", "7");
        headers.put(Names.REDRIVE_OF_HEADER, "raw.clicks/2/4711/0123456789abcdef0123456789abcdef");
        headers.put(Names.REDRIVE_ATTEMPT_HEADER, "000003");
        headers.put(Names.REDRIVE_PLAN_HEADER, "a-plan");
        headers.put(Names.REDRIVE_ARRIVED_HEADER, "1700000000000");
        headers.put(Names.REDRIVE_FIRST_FAILED_HEADER, "1700000001000");
        headers.put(Names.REDRIVE_SIGNATURE_HEADER, SIGNATURE);
        return headers;
    }

    private static MapData data(Map<String, String> headers) {
        Map<StringData, byte[]> data = new LinkedHashMap<>();
        headers.forEach((name, value) ->
                data.put(StringData.fromString(name), value == null ? null : value.getBytes(StandardCharsets.UTF_8)));
        return new GenericMapData(data);
    }

    private TimestampData arrival(Map<String, String> headers, byte[] value) {
        return firstArrival.eval(ARRIVED, data(headers), value, null);
    }

    @Test
    void aSignedCopySaysWhenItsFirstArrivedAndHowOftenItFailed() {
        assertEquals(TimestampData.fromEpochMillis(1_700_000_000_000L), arrival(copy(), VALUE));
        RowData said = redriven.eval(data(copy()), VALUE, null);
        assertEquals(3, said.getInt(0));
        assertEquals(TimestampData.fromEpochMillis(1_700_000_001_000L), said.getTimestamp(1, 3));
        assertEquals("a-plan", said.getString(2).toString());
    }

    @Test
    void ofALargeValueTheHashIsEnough() {
        assertEquals(3, redriven.eval(data(copy()), null, Sha256.hexOf(VALUE)).getInt(0));
    }

    @Test
    void aRecordThatIsNoCopyCameWhenItArrived() {
        assertEquals(ARRIVED, firstArrival.eval(ARRIVED, null, VALUE, null));
        assertEquals(ARRIVED, arrival(Map.of(), VALUE));
        assertEquals(ARRIVED, arrival(Map.of("a", "", "b", "", "c", "", "d", "", "e", "", "f", ""), VALUE));
        assertNull(redriven.eval(data(Map.of()), VALUE, null));
    }

    @Test
    void aHeaderThatSomebodyElseWroteIsNotBelieved() {
        copy().keySet().stream().filter(name -> !name.equals("trace")).forEach(name -> {
            Map<String, String> changed = copy();
            changed.put(name, "1600000000000");
            assertEquals(ARRIVED, arrival(changed, VALUE), name);
            changed.put(name, null);
            assertNull(redriven.eval(data(changed), VALUE, null), name);
        });
        assertEquals(ARRIVED, arrival(copy(), "another".getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void withoutAKeyNoHeaderIsBelieved() {
        assertNull(Redrive.of(data(copy()), VALUE, null, Redrive.key("")));
        assertNull(Redrive.of(data(copy()), VALUE, null, Redrive.key(null)));
        assertNull(Redrive.of(data(copy()), VALUE, null, Redrive.key("another")));
    }
}
