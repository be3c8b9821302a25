package io.tidegate.functions;

import io.tidegate.budget.Letters;
import io.tidegate.common.DeadLetterHeaders;
import java.util.Map;
import org.apache.flink.table.annotation.DataTypeHint;
import org.apache.flink.table.functions.ScalarFunction;

/**
 * {@code ConnectHeaders(topic, partition, offset, stage, code, message) -> MAP<STRING, BYTES>}: a dead letter's Kafka headers,
 * named as Kafka Connect names them, values as UTF-8 text.
 *
 * <p>Each dead letter has its headers made once, so that here it is told to the error budget.
 */
public final class ConnectHeaders extends ScalarFunction {
    @DataTypeHint("MAP<STRING, BYTES>")
    public Map<String, byte[]> eval(
            String topic, Integer partition, Long offset, String stage, String code, String message) {
        Letters.ofThread().tell(partition, offset, stage + "/" + code);
        return DeadLetterHeaders.of(topic, partition, offset, stage, code, message);
    }
}
