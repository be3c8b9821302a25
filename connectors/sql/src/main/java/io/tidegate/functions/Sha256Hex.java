package io.tidegate.functions;

import io.tidegate.common.Sha256;
import java.security.MessageDigest;
import org.apache.flink.table.annotation.DataTypeHint;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.functions.FunctionContext;
import org.apache.flink.table.functions.ScalarFunction;

/** {@code Sha256Hex(bytes) -> STRING}: SHA-256 as 64 hexadecimal digits. */
public final class Sha256Hex extends ScalarFunction {
    private transient MessageDigest digest;

    @Override
    public void open(FunctionContext context) {
        digest = Sha256.newDigest();
    }

    @DataTypeHint(value = "STRING", bridgedTo = StringData.class)
    public StringData eval(byte[] bytes) {
        return bytes == null ? null : Sha256.hex(digest.digest(bytes), 2 * digest.getDigestLength());
    }
}
