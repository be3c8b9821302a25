package io.tidegate.functions;

import io.tidegate.common.Sha256;
import java.nio.charset.StandardCharsets;
import org.apache.flink.table.annotation.DataTypeHint;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.functions.FunctionContext;
import org.apache.flink.table.functions.ScalarFunction;

/**
 * {@code HmacSha256(value) -> STRING}: a pseudonym, the first 16 bytes of HMAC-SHA-256 as 32 hexadecimal digits.
 *
 * <p>The key comes from the task's environment, so that it is in no SQL text, plan or log.
 */
public final class HmacSha256 extends ScalarFunction {
    static final String KEY_VARIABLE = "TIDEGATE_PRIVACY_KEY";
    private static final int PSEUDONYM_DIGITS = 32;

    private transient KeyedSha256 mac;

    @Override
    public void open(FunctionContext context) {
        mac = keyed(System.getenv(KEY_VARIABLE));
    }

    static KeyedSha256 keyed(String key) {
        if (key == null || key.isEmpty()) {
            throw new IllegalStateException(KEY_VARIABLE + " is not set, so nothing can be pseudonymised."
                    + " Set it in the environment of every TaskManager and restart them.");
        }
        return new KeyedSha256(key.getBytes(StandardCharsets.UTF_8));
    }

    @DataTypeHint(value = "STRING", bridgedTo = StringData.class)
    public StringData eval(@DataTypeHint(value = "STRING", bridgedTo = StringData.class) StringData value) {
        return value == null ? null : Sha256.hex(mac.of(value.toBytes()), PSEUDONYM_DIGITS);
    }
}
