package io.tidegate.connectors.json;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Base64;
import java.util.Locale;
import java.util.regex.Pattern;
import org.apache.flink.table.data.DecimalData;
import org.apache.flink.table.data.TimestampData;

/**
 * What a text or a number stands for, in JSON as in a cell of CSV: exactly that, or nothing. Digits are counted before they
 * are computed with, so that none costs more than to look at it.
 */
public final class WrittenValues {
    private static final long MICROS_PER_MS = 1000;
    private static final long[] UNITS_PER_S = {1, 1_000, 1_000_000, 1_000_000_000};
    /** 2001 to 2096: a number that says such a time in another unit was written in that unit. */
    private static final long LIKELY_FROM_S = 1_000_000_000L;

    private static final long LIKELY_TO_S = 4 * LIKELY_FROM_S;
    /** {@code json_text.py} has the same limits. */
    private static final int MAX_DIGITS = 400;

    private static final int MAX_EXPONENT_DIGITS = 4;
    private static final int BASE64_GROUP = 4;
    /** A decimal that is a text. */
    private static final Pattern DECIMAL =
            Pattern.compile("[ \\t\\n\\r\\f\\x0b]*+([+-]?(?:\\d++(?:\\.\\d*+)?|\\.\\d++)(?:[eE][+-]?\\d{1,4})?)[ \\t\\n\\r\\f\\x0b]*+");

    private static final Pattern UUID = Pattern.compile("\\p{XDigit}{8}(-\\p{XDigit}{4}){3}-\\p{XDigit}{12}");

    private WrittenValues() {}

    /** Whether a number has so many digits, and so large an exponent, as are looked at. */
    public static boolean isShort(String number) {
        if (number.length() <= MAX_EXPONENT_DIGITS) {
            return true;
        }
        int exponent = Math.max(number.indexOf('e'), number.indexOf('E'));
        if (exponent < 0) {
            return number.length() <= MAX_DIGITS;
        }
        int first = exponent + 1;
        while (first < number.length()
                && (number.charAt(first) == '+' || number.charAt(first) == '-' || number.charAt(first) == '0')) {
            first++;
        }
        return exponent <= MAX_DIGITS && number.length() - first <= MAX_EXPONENT_DIGITS;
    }

    /** Null if the text is no number, or does not fit; zeros behind its digits are no rounding. */
    public static DecimalData decimalOfText(String text, int precision, int scale) {
        var number = DECIMAL.matcher(text.length() <= MAX_DIGITS ? text : "");
        return number.matches() ? decimal(number.group(1), precision, scale) : null;
    }

    /** Null if the number does not fit; zeros behind its digits are no rounding. */
    static DecimalData decimal(String number, int precision, int scale) {
        BigDecimal value = new BigDecimal(number);
        if (value.scale() > scale) {
            value = value.stripTrailingZeros();
        }
        if (value.signum() != 0 && (value.scale() > scale || value.precision() - value.scale() > precision - scale)) {
            return null;
        }
        BigDecimal scaled = value.signum() == 0 ? BigDecimal.ZERO : value;
        return DecimalData.fromBigDecimal(scaled.setScale(scale, RoundingMode.UNNECESSARY), precision, scale);
    }

    /** Whether a binary fraction stands for the number: an infinity and a zero that are another number do not. */
    public static boolean isNearest(String number, double stored) {
        return Double.isFinite(stored) && (stored != 0 || isZero(number));
    }

    private static boolean isZero(String number) {
        for (int i = 0; i < number.length() && (number.charAt(i) | 0x20) != 'e'; i++) {
            if (number.charAt(i) >= '1' && number.charAt(i) <= '9') {
                return false;
            }
        }
        return true;
    }

    /** The unit in which the count is a likely time since 1970, as its number per second; 0 if it is the field's, or none. */
    public static long otherUnit(long count, long unitsPerS) {
        for (long other : UNITS_PER_S) {
            if (other != unitsPerS && count / other >= LIKELY_FROM_S && count / other < LIKELY_TO_S) {
                return other;
            }
        }
        return 0;
    }

    /** Whether it is a time of the years 1 to 9999. */
    public static boolean isTime(long count, long unitsPerS) {
        long seconds = Math.floorDiv(count, unitsPerS);
        return seconds >= IsoTime.FIRST_S && seconds <= IsoTime.LAST_S;
    }

    public static TimestampData timeOfMicros(long micros) {
        return TimestampData.fromEpochMillis(
                Math.floorDiv(micros, MICROS_PER_MS), (int) Math.floorMod(micros, MICROS_PER_MS) * 1000);
    }

    /** From Base64, with its padding; null if it is none. */
    public static byte[] bytes(String text) {
        try {
            return text.length() % BASE64_GROUP == 0 ? Base64.getDecoder().decode(text) : null;
        } catch (IllegalArgumentException notBase64) {
            return null;
        }
    }

    /** In small letters; null if it is none. */
    public static String uuid(String text) {
        return UUID.matcher(text).matches() ? text.toLowerCase(Locale.ROOT) : null;
    }
}
