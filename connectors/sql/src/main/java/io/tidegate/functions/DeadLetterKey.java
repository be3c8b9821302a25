package io.tidegate.functions;

import io.tidegate.common.DeadLetterLimits;
import org.apache.flink.table.functions.ScalarFunction;

/** {@code DeadLetterKey(key) -> BYTES}: what a dead letter keeps of its record's key, see {@link DeadLetterLimits}. */
public final class DeadLetterKey extends ScalarFunction {
    public byte[] eval(byte[] key) {
        return DeadLetterLimits.key(key);
    }
}
