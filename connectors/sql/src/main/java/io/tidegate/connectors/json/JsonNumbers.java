package io.tidegate.connectors.json;

import io.tidegate.connectors.avro.BadRecord;
import java.io.IOException;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.core.JsonParser;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.core.JsonToken;
import org.apache.flink.table.data.DecimalData;

/** Readers of numbers: exact, or the nearest where the field is a binary fraction. */
final class JsonNumbers {
    private static final int LONG_CHARACTERS = 20;

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
        return requireNearest(input, value, value, "double");
    }

    static float float32(JsonParser input) throws IOException {
        double value = parsed(input, "float");
        return (float) requireNearest(input, value, (float) value, "float");
    }

    private static double parsed(JsonParser input, String type) throws IOException {
        JsonToken token = input.currentToken();
        if (token != JsonToken.VALUE_NUMBER_INT && token != JsonToken.VALUE_NUMBER_FLOAT) {
            throw JsonValues.isNot(input, "a number");
        }
        String text = input.getText();
        if (!WrittenValues.isShort(text)) {
            throw isNotFinite(input, type);
        }
        double value = Double.parseDouble(text);
        return token == JsonToken.VALUE_NUMBER_INT && value == 0 ? 0 : value;
    }

    private static double requireNearest(JsonParser input, double value, double stored, String type) throws IOException {
        if (!WrittenValues.isNearest(input.getText(), stored)) {
            throw isNotFinite(input, type);
        }
        return value;
    }

    private static BadRecord isNotFinite(JsonParser input, String type) throws IOException {
        return JsonValues.bad(JsonValues.shown(input) + " is no finite number of type " + type);
    }

    /** From a number or a text of one; zeros behind its digits are no rounding. */
    static DecimalData decimal(JsonParser input, int precision, int scale) throws IOException {
        String text = input.getText();
        DecimalData value = switch (input.currentToken()) {
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT ->
                    WrittenValues.isShort(text) ? WrittenValues.decimal(text, precision, scale) : null;
            case VALUE_STRING -> WrittenValues.decimalOfText(text, precision, scale);
            default -> null;
        };
        if (value == null) {
            throw doesNotFit(input, precision, scale);
        }
        return value;
    }

    private static BadRecord doesNotFit(JsonParser input, int precision, int scale) throws IOException {
        return JsonValues.bad(JsonValues.shown(input) + " does not fit decimal(" + precision + ", " + scale + ")");
    }
}
