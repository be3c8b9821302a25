package io.tidegate.functions;

import org.apache.flink.table.annotation.DataTypeHint;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.MapData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.TimestampData;
import org.apache.flink.table.functions.FunctionContext;
import org.apache.flink.table.functions.ScalarFunction;

/**
 * {@code Redriven(headers, payload, payload_sha256) -> ROW<attempt, first_failed_at, plan>}: what the signed headers of a
 * redriven record say; null for any other.
 */
public final class Redriven extends ScalarFunction {
    private final String secret;
    private transient KeyedSha256 key;

    public Redriven() {
        this(null);
    }

    /** With this key instead of that of the environment. */
    Redriven(String secret) {
        this.secret = secret;
    }

    @Override
    public void open(FunctionContext context) {
        key = Redrive.key(secret != null ? secret : System.getenv(Redrive.KEY_VARIABLE));
    }

    @DataTypeHint(
            value = "ROW<`attempt` INT, `first_failed_at` TIMESTAMP_LTZ(3), `plan` STRING>",
            bridgedTo = RowData.class)
    public RowData eval(
            @DataTypeHint(value = "MAP<STRING, BYTES>", bridgedTo = MapData.class) MapData headers,
            byte[] payload,
            @DataTypeHint(value = "STRING", bridgedTo = StringData.class) StringData payloadSha256) {
        Redrive redrive = Redrive.of(headers, payload, payloadSha256, key);
        if (redrive == null) {
            return null;
        }
        return GenericRowData.of(
                redrive.attempt(),
                TimestampData.fromEpochMillis(redrive.firstFailedMs()),
                StringData.fromString(redrive.plan()));
    }
}
