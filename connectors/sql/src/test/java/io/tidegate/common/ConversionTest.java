package io.tidegate.common;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.apache.flink.table.data.StringData;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ConversionTest {
    private static final Conversion TO_INT = Conversion.of("qty\tINT\t");

    @AfterEach
    void nothingIsBegun() {
        Conversion.takeUnfinished();
    }

    @Test
    void aConversionThatFailsNamesFieldAndValue() {
        TO_INT.begin(StringData.fromString("abc"));
        RecordFault fault = assertThrows(RecordFault.class, () -> Conversion.end(null));
        assertEquals("qty: 'abc' is no INT", fault.getMessage());
        assertEquals(ErrorCode.MAPPING_FAILED, fault.code());
    }

    @Test
    void aNullIsConvertedIntoANull() {
        TO_INT.begin(null);
        Conversion.end(null);
    }

    @Test
    void anExceptionBetweenBeginAndEndIsToldAsTheConversionThatItIsOf() {
        Conversion.of("t\tBIGINT\t").begin(StringData.fromString("1"));
        Conversion.end(1L);
        TO_INT.begin(StringData.fromString("abc"));
        RecordFault fault = RecordFaults.faultOf(expressionFails()).orElseThrow();
        assertEquals("qty: 'abc' is no INT", fault.getMessage());
        assertEquals(
                "an expression fails: boom",
                RecordFaults.faultOf(expressionFails()).orElseThrow().getMessage(),
                "nothing of it is left for the next record");
    }

    @Test
    void aPersonalValueIsWithheld() {
        Conversion.of("badge\tINT\tp").begin(StringData.fromString("secret"));
        RecordFault fault = assertThrows(RecordFault.class, () -> Conversion.end(null));
        assertEquals("badge: a value of 6 characters, which is personal, is no INT", fault.getMessage());
    }

    private static RuntimeException expressionFails() {
        var failure = new IllegalArgumentException("boom");
        failure.setStackTrace(new StackTraceElement[] {new StackTraceElement("StreamExecCalc$1", "call", "File.java", 1)});
        return failure;
    }
}
