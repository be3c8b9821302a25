package io.tidegate.functions;

import io.tidegate.common.DeadLetterIds;
import io.tidegate.common.Sha256;
import java.security.MessageDigest;
import org.apache.flink.table.annotation.DataTypeHint;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.functions.FunctionContext;
import org.apache.flink.table.functions.ScalarFunction;

/**
 * {@code DeadLetterId(topic, partition, offset, stage[, row]) -> STRING}: the same record failing at the same stage has the same
 * id, the first 16 bytes of SHA-256 over {@code topic/partition/offset/stage} as 32 hexadecimal digits. A row of an exploded
 * record has one of its own: {@code /row} is hashed too, where it is not null.
 */
public final class DeadLetterId extends ScalarFunction {
    private transient MessageDigest digest;

    @Override
    public void open(FunctionContext context) {
        digest = Sha256.newDigest();
    }

    @DataTypeHint(value = "STRING", bridgedTo = StringData.class)
    public StringData eval(String topic, Integer partition, Long offset, String stage) {
        return eval(topic, partition, offset, stage, null);
    }

    @DataTypeHint(value = "STRING", bridgedTo = StringData.class)
    public StringData eval(String topic, Integer partition, Long offset, String stage, Long row) {
        return DeadLetterIds.of(digest, topic, partition, offset, stage, row);
    }
}
