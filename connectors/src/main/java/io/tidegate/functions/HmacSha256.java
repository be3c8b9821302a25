package io.tidegate.functions;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
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
    private static final String ALGORITHM = "HmacSHA256";
    private static final int PSEUDONYM_BYTES = 16;

    private transient Mac mac;

    @Override
    public void open(FunctionContext context) throws GeneralSecurityException {
        mac = keyed(System.getenv(KEY_VARIABLE));
    }

    static Mac keyed(String key) throws GeneralSecurityException {
        if (key == null || key.isEmpty()) {
            throw new IllegalStateException(KEY_VARIABLE + " is not set, so nothing can be pseudonymised."
                    + " Set it in the environment of every TaskManager and restart them.");
        }
        Mac mac = Mac.getInstance(ALGORITHM);
        mac.init(new SecretKeySpec(key.getBytes(StandardCharsets.UTF_8), ALGORITHM));
        return mac;
    }

    @DataTypeHint(value = "STRING", bridgedTo = StringData.class)
    public StringData eval(@DataTypeHint(value = "STRING", bridgedTo = StringData.class) StringData value) {
        return value == null ? null : Sha256.hex(mac.doFinal(value.toBytes()), PSEUDONYM_BYTES);
    }
}
