package io.tidegate.common;

import java.math.BigDecimal;
import java.math.BigInteger;
import org.apache.flink.table.data.DecimalData;
import org.apache.flink.table.data.StringData;

/** Whether a number is still itself behind a cast: Flink's wraps around, or gives infinity, where the type is too small. */
final class NumericRange {
    private NumericRange() {}

    /** True also of what is no number, of which a cast that fails gives null. */
    static boolean holds(Object value, Object result) {
        if (result instanceof Double || result instanceof Float) {
            return Double.isFinite(((Number) result).doubleValue()) || !isFinite(value);
        }
        if (value instanceof Number number && !Double.isFinite(number.doubleValue())) {
            return false;
        }
        boolean isWhole = result instanceof Long || result instanceof Integer || result instanceof Short || result instanceof Byte;
        boolean isOfNumber = value instanceof Number || value instanceof DecimalData;
        return !isWhole || !isOfNumber || wholePart(value).equals(BigInteger.valueOf(((Number) result).longValue()));
    }

    private static boolean isFinite(Object value) {
        if (value instanceof StringData text) {
            return text.toString().chars().anyMatch(Character::isDigit);
        }
        return !(value instanceof Number number) || Double.isFinite(number.doubleValue());
    }

    private static BigInteger wholePart(Object number) {
        if (number instanceof DecimalData decimal) {
            return decimal.toBigDecimal().toBigInteger();
        }
        boolean isFloating = number instanceof Double || number instanceof Float;
        return isFloating ? new BigDecimal(number.toString()).toBigInteger() : BigInteger.valueOf(((Number) number).longValue());
    }
}
