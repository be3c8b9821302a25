package io.tidegate.common;

import java.util.List;
import java.util.Optional;

/**
 * Tells the exception that a record's own values caused in a SQL expression from an outage or a bug, for which the job
 * must fail.
 *
 * <p>Flink runs a chain of operators as nested calls, so whoever hands a record to the chain sees what it throws. The
 * classes that Flink generates for expressions are the only ones without a package: if one of them is the innermost to
 * name a place, and nothing that talks to a server lies deeper, then the expression threw.
 */
public final class RecordFaults {
    private static final List<String> TALK_TO_SERVERS = List.of(
            "io.tidegate.connectors.",
            "org.apache.kafka.",
            "org.apache.flink.kafka.",
            "org.apache.flink.connector.",
            "org.apache.flink.runtime.",
            "org.apache.flink.streaming.");

    private RecordFaults() {}

    /** What is wrong with the record; empty if it is not the record's fault. */
    public static Optional<String> reasonOf(RuntimeException failure) {
        return faultOf(failure).map(RecordFault::getMessage);
    }

    /** As {@link #reasonOf}, with the code of the dead letter. */
    public static Optional<RecordFault> faultOf(RuntimeException failure) {
        Optional<RecordFault> conversion = Conversion.takeUnfinished();
        Throwable cause = failure;
        while (cause.getCause() != null && !(cause instanceof RecordFault)) {
            cause = cause.getCause();
        }
        if (cause instanceof RecordFault fault) {
            return Optional.of(fault);
        }
        if (!(cause instanceof RuntimeException) || !isThrownByExpression(cause)) {
            return Optional.empty();
        }
        return conversion.isPresent() ? conversion : Optional.of(new RecordFault("an expression fails: " + described(cause)));
    }

    private static boolean isThrownByExpression(Throwable cause) {
        StackTraceElement[] frames = cause.getStackTrace();
        if (frames.length == 0) {
            // The JVM leaves out the trace of what compiled code throws often, such as a division by zero.
            return cause instanceof ArithmeticException || cause instanceof IndexOutOfBoundsException;
        }
        for (StackTraceElement frame : frames) {
            String name = frame.getClassName();
            if (name.indexOf('.') < 0) {
                return true;
            }
            if (TALK_TO_SERVERS.stream().anyMatch(name::startsWith)) {
                return false;
            }
        }
        return false;
    }

    private static String described(Throwable cause) {
        String message = cause.getMessage();
        return message == null || message.isBlank() ? cause.getClass().getSimpleName() : message;
    }
}
