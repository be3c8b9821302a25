package io.tidegate.connectors.json;

import io.tidegate.connectors.avro.BadRecord;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.regex.Pattern;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.core.JsonParser;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.core.JsonToken;
import org.apache.flink.table.data.DecimalData;

/**
 * Readers of numbers: exact, or the nearest where the field is a binary fraction. Digits are counted before they are computed
 * with, so that none costs more than to look at it.
 */
final class JsonNumbers {
    /** {@code json_text.py} has the same limits. */
    private static final int MAX_DIGITS = 400;

    private static final int MAX_EXPONENT_DIGITS = 4;
    private static final int LONG_CHARACTERS = 20;
    /** A decimal in quotes. */
    private static final Pattern DECIMAL =
            Pattern.compile("[ \\t\\n\\r\\f\\x0b]*+([+-]?(?:\\d++(?:\\.\\d*+)?|\\.\\d++)(?:[eE][+-]?\\d{1,4})?)[ \\t\\n\\r\\f\\x0b]*+");

    private JsonNumbers() {}

    static int int32(JsonParser input) throws IOException {
        long value = whole(input, "int");
        if ((int) value != value) {
            throw isNoWhole(input, "int");
        }
        return (int) value;
    }

    static long int64(JsonParser input) throws IOException {
        return whole(input, "long");
    }

    /** @param type is named where the value is no whole number of 64 bits */
    private static long whole(JsonParser input, String type) throws IOException {
        if (input.currentToken() != JsonToken.VALUE_NUMBER_INT || !fitsLong(input)) {
            throw isNoWhole(input, type);
        }
        return input.getLongValue();
    }

    /** Of a whole number. */
    static boolean fitsLong(JsonParser input) throws IOException {
        return input.getTextLength() <= LONG_CHARACTERS && input.getNumberType() != JsonParser.NumberType.BIG_INTEGER;
    }

    private static BadRecord isNoWhole(JsonParser input, String type) throws IOException {
        return JsonValues.bad(JsonValues.shown(input) + " is not a whole number of type " + type);
    }

    static double float64(JsonParser input) throws IOException {
        double value = parsed(input, "double");
        return requireFinite(input, value, value, "double");
    }

    static float float32(JsonParser input) throws IOException {
        double value = parsed(input, "float");
        return (float) requireFinite(input, value, (float) value, "float");
    }

    private static double parsed(JsonParser input, String type) throws IOException {
        JsonToken token = input.currentToken();
        if (token != JsonToken.VALUE_NUMBER_INT && token != JsonToken.VALUE_NUMBER_FLOAT) {
            throw JsonValues.isNot(input, "a number");
        }
        String text = input.getText();
        if (!isShort(text)) {
            throw isNotFinite(input, type);
        }
        double value = Double.parseDouble(text);
        return token == JsonToken.VALUE_NUMBER_INT && value == 0 ? 0 : value;
    }

    /** An infinity and a zero that stand for another number are not the nearest to it. */
    private static double requireFinite(JsonParser input, double value, double stored, String type) throws IOException {
        if (!Double.isFinite(stored) || stored == 0 && !isZero(input.getText())) {
            throw isNotFinite(input, type);
        }
        return value;
    }

    private static boolean isZero(String text) {
        for (int i = 0; i < text.length() && (text.charAt(i) | 0x20) != 'e'; i++) {
            if (text.charAt(i) >= '1' && text.charAt(i) <= '9') {
                return false;
            }
        }
        return true;
    }

    private static BadRecord isNotFinite(JsonParser input, String type) throws IOException {
        return JsonValues.bad(JsonValues.shown(input) + " is no finite number of type " + type);
    }

    /** From a number or a text of one; zeros behind its digits are no rounding. */
    static DecimalData decimal(JsonParser input, int precision, int scale) throws IOException {
        String text = decimalText(input);
        if (text == null) {
            throw doesNotFit(input, precision, scale);
        }
        BigDecimal value = new BigDecimal(text);
        if (value.scale() > scale) {
            value = value.stripTrailingZeros();
        }
        if (value.signum() != 0 && (value.scale() > scale || value.precision() - value.scale() > precision - scale)) {
            throw doesNotFit(input, precision, scale);
        }
        BigDecimal scaled = value.signum() == 0 ? BigDecimal.ZERO : value;
        return DecimalData.fromBigDecimal(scaled.setScale(scale, RoundingMode.UNNECESSARY), precision, scale);
    }

    /** Null if it is no decimal, or one of more digits than are looked at. */
    private static String decimalText(JsonParser input) throws IOException {
        String text = input.getText();
        return switch (input.currentToken()) {
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> isShort(text) ? text : null;
            case VALUE_STRING -> {
                var number = DECIMAL.matcher(text.length() <= MAX_DIGITS ? text : "");
                yield number.matches() ? number.group(1) : null;
            }
            default -> null;
        };
    }

    private static BadRecord doesNotFit(JsonParser input, int precision, int scale) throws IOException {
        return JsonValues.bad(JsonValues.shown(input) + " does not fit decimal(" + precision + ", " + scale + ")");
    }

    /** Whether a number of JSON has so many digits, and so large an exponent, as are looked at. */
    private static boolean isShort(String text) {
        if (text.length() <= MAX_EXPONENT_DIGITS) {
            return true;
        }
        int exponent = Math.max(text.indexOf('e'), text.indexOf('E'));
        if (exponent < 0) {
            return text.length() <= MAX_DIGITS;
        }
        int first = exponent + 1;
        while (first < text.length() && (text.charAt(first) == '+' || text.charAt(first) == '-' || text.charAt(first) == '0')) {
            first++;
        }
        return exponent <= MAX_DIGITS && text.length() - first <= MAX_EXPONENT_DIGITS;
    }
}
