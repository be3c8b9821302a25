package io.tidegate.functions;

import org.apache.flink.table.annotation.DataTypeHint;
import org.apache.flink.table.data.MapData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.TimestampData;
import org.apache.flink.table.functions.FunctionContext;
import org.apache.flink.table.functions.ScalarFunction;

/**
 * {@code FirstArrival(arrived, headers, payload, payload_sha256) -> TIMESTAMP_LTZ(3)}: when the record came first, which for a
 * redriven one is what its signed headers say, and for any other when it arrived.
 */
public final class FirstArrival extends ScalarFunction {
    private final String secret;
    private transient KeyedSha256 key;

    public FirstArrival() {
        this(null);
    }

    /** With this key instead of that of the environment. */
    FirstArrival(String secret) {
        this.secret = secret;
    }

    @Override
    public void open(FunctionContext context) {
        key = Redrive.key(secret != null ? secret : System.getenv(Redrive.KEY_VARIABLE));
    }

    @DataTypeHint(value = "TIMESTAMP_LTZ(3)", bridgedTo = TimestampData.class)
    public TimestampData eval(
            @DataTypeHint(value = "TIMESTAMP_LTZ(3)", bridgedTo = TimestampData.class) TimestampData arrived,
            @DataTypeHint(value = "MAP<STRING, BYTES>", bridgedTo = MapData.class) MapData headers,
            byte[] payload,
            @DataTypeHint(value = "STRING", bridgedTo = StringData.class) StringData payloadSha256) {
        Redrive redrive = Redrive.of(headers, payload, payloadSha256, key);
        return redrive == null ? arrived : TimestampData.fromEpochMillis(redrive.arrivedMs());
    }
}
