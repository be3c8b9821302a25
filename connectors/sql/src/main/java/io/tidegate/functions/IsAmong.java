package io.tidegate.functions;

import java.util.Arrays;
import java.util.Base64;
import org.apache.flink.table.annotation.DataTypeHint;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.functions.ScalarFunction;

/**
 * {@code IsAmong(number, numbers) -> BOOLEAN}: whether a number is one of many.
 *
 * <p>{@code numbers} is a constant: ascending numbers, each as its distance from the one before (the first from 0) in
 * seven bits a byte, lowest first, the eighth set where more follow; the whole as Base64. Ten thousand offsets of a
 * topic are a text of some 20 kB this way, where SQL's IN would be a program of its own.
 */
public final class IsAmong extends ScalarFunction {
    private static final int BITS = 0x7F;
    private transient StringData text;
    private transient long[] numbers;

    public Boolean eval(Long number, @DataTypeHint(value = "STRING", bridgedTo = StringData.class) StringData encoded) {
        if (encoded != text && !encoded.equals(text)) {
            numbers = decode(Base64.getDecoder().decode(encoded.toString()));
            text = encoded;
        }
        return number != null && Arrays.binarySearch(numbers, number) >= 0;
    }

    private static long[] decode(byte[] bytes) {
        long[] decoded = new long[bytes.length];
        int count = 0;
        long last = 0;
        int at = 0;
        while (at < bytes.length) {
            long distance = 0;
            int shift = 0;
            do {
                distance |= (long) (bytes[at] & BITS) << shift;
                shift += 7;
            } while ((bytes[at++] & ~BITS) != 0);
            last += distance;
            decoded[count++] = last;
        }
        return Arrays.copyOf(decoded, count);
    }
}
