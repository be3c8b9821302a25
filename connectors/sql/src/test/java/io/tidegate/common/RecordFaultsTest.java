package io.tidegate.common;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RecordFaultsTest {
    private static final StackTraceElement EXPRESSION = frame("StreamExecCalc$17");
    private static final StackTraceElement JAVA = frame("java.math.BigDecimal");
    private static final StackTraceElement PRODUCER = frame("org.apache.flink.kafka.shaded.org.apache.kafka.clients.producer.KafkaProducer");
    private static final StackTraceElement LOOKUP = frame("io.tidegate.connectors.reference.VersionStore");
    private static final StackTraceElement CHAIN = frame("org.apache.flink.streaming.runtime.tasks.ChainingOutput");

    @Test
    void whatAnExpressionThrowsIsTheRecordsFault() {
        RuntimeException overflow = thrown(new NumberFormatException("Infinite or NaN"), JAVA, EXPRESSION, CHAIN);
        assertEquals(Optional.of("an expression fails: Infinite or NaN"), RecordFaults.reasonOf(overflow));
    }

    @Test
    void itIsFoundBelowTheExceptionsOfTheOperatorsAroundIt() {
        RuntimeException division = thrown(new ArithmeticException("/ by zero"), EXPRESSION, CHAIN);
        RuntimeException wrapped = new RuntimeException("chained", new RuntimeException("chained", division));
        assertEquals(Optional.of("an expression fails: / by zero"), RecordFaults.reasonOf(wrapped));
    }

    @Test
    void whatAClientOfAServerThrowsIsNot() {
        assertEquals(Optional.empty(), RecordFaults.reasonOf(thrown(new IllegalStateException("fenced"), PRODUCER, EXPRESSION)));
        assertEquals(Optional.empty(), RecordFaults.reasonOf(thrown(new IllegalStateException("closed"), JAVA, LOOKUP, EXPRESSION)));
        RuntimeException outage = new RuntimeException(new IOException("registry"));
        assertEquals(Optional.empty(), RecordFaults.reasonOf(outage));
    }

    @Test
    void anExceptionWithoutAPlaceIsTheRecordsWhereOnlyArithmeticCanBe() {
        assertEquals(Optional.of("an expression fails: / by zero"), RecordFaults.reasonOf(thrown(new ArithmeticException("/ by zero"))));
        assertEquals(Optional.empty(), RecordFaults.reasonOf(thrown(new IllegalStateException("?"))));
    }

    @Test
    void anExceptionWithoutAMessageIsNamed() {
        assertEquals(Optional.of("an expression fails: NullPointerException"), RecordFaults.reasonOf(thrown(new NullPointerException(), EXPRESSION)));
    }

    @Test
    void aFaultThatIsSaidAsOneKeepsItsWordsWhereverItIsThrown() {
        assertEquals(Optional.of("amount is null"), RecordFaults.reasonOf(new RuntimeException(new RecordFault("amount is null"))));
    }

    private static RuntimeException thrown(RuntimeException exception, StackTraceElement... frames) {
        exception.setStackTrace(frames);
        return exception;
    }

    private static StackTraceElement frame(String className) {
        return new StackTraceElement(className, "call", "File.java", 1);
    }
}
