package io.tidegate.functions;

import io.tidegate.common.DeadLetterLimits;
import java.util.Map;
import org.apache.flink.table.annotation.DataTypeHint;
import org.apache.flink.table.functions.ScalarFunction;

/** {@code DeadLetterHeadersKept(headers) -> MAP<STRING, BYTES>}: those a dead letter keeps, see {@link DeadLetterLimits}. */
public final class DeadLetterHeadersKept extends ScalarFunction {
    @DataTypeHint("MAP<STRING, BYTES>")
    public Map<String, byte[]> eval(@DataTypeHint("MAP<STRING, BYTES>") Map<String, byte[]> headers) {
        return DeadLetterLimits.headers(headers);
    }
}
