package io.tidegate.functions;

import io.tidegate.common.DeadLetterLimits;
import java.util.Map;
import org.apache.flink.table.annotation.DataTypeHint;
import org.apache.flink.table.functions.ScalarFunction;

/**
 * {@code DeadLetterMessage(message, key, headers, payloadBytes) -> STRING}: the message, no longer than a dead letter's may be, and
 * what of the record is cut, see {@link DeadLetterLimits}.
  */
public final class DeadLetterMessage extends ScalarFunction {
    public String eval(
            String message,
            byte[] key,
            @DataTypeHint("MAP<STRING, BYTES>") Map<String, byte[]> headers,
            Integer payloadBytes) {
        return DeadLetterLimits.message(message, key, headers, payloadBytes);
    }
}
