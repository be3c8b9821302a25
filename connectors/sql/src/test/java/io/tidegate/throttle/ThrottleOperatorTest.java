package io.tidegate.throttle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.TimeUnit;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.junit.jupiter.api.Test;

class ThrottleOperatorTest {
    @Test
    void everyRecordComesThroughAndNoneSoonerThanTheRateOfItsPart() throws Exception {
        // One of two parallel parts, so 200 a second of its own.
        try (var harness = new OneInputStreamOperatorTestHarness<RowData, RowData>(new ThrottleOperator(400), 2, 2, 0)) {
            harness.open();
            long startNs = System.nanoTime();
            for (int i = 0; i < 100; i++) {
                harness.processElement(new StreamRecord<>(GenericRowData.of(i)));
            }
            long tookMs = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNs);
            assertEquals(100, harness.getOutput().size());
            // What a part may take at once, a tenth of a second's records, comes first.
            assertTrue(tookMs >= 370, "took " + tookMs + " ms");
        }
    }
}
