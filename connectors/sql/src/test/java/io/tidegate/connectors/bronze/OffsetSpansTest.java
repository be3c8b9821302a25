package io.tidegate.connectors.bronze;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.apache.flink.table.api.ValidationException;
import org.junit.jupiter.api.Test;

class OffsetSpansTest {
    @Test
    void aSpanHasItsStartAndNotItsEnd() {
        OffsetSpans spans = OffsetSpans.parse("0:100-200;1:0-0");
        assertTrue(spans.contains(0, 100));
        assertTrue(spans.contains(0, 199));
        assertFalse(spans.contains(0, 99));
        assertFalse(spans.contains(0, 200));
        assertFalse(spans.contains(1, 0));
        assertFalse(spans.contains(2, 150));
    }

    @Test
    void whatIsNoSpanIsRefused() {
        assertThrows(ValidationException.class, () -> OffsetSpans.parse("0:100"));
    }
}
