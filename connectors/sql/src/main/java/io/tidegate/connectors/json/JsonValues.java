package io.tidegate.connectors.json;

import io.tidegate.common.ErrorCode;
import io.tidegate.connectors.avro.BadRecord;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.core.JsonParser;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.core.JsonToken;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.core.io.JsonStringEncoder;

/** What all readers of values do with tokens and messages. */
public final class JsonValues {
    private static final int SHOWN_CHARACTERS = 80;

    private JsonValues() {}

    public static BadRecord bad(String message) {
        return new BadRecord(ErrorCode.BAD_VALUE, message);
    }

    static BadRecord isNot(JsonParser input, String wanted) throws IOException {
        return bad(shown(input) + " is not " + wanted);
    }

    /** A key of which each reader would take another value. */
    static BadRecord twice(String name) {
        return new BadRecord(ErrorCode.NOT_JSON, "the key is there twice").inField(shortened(name));
    }

    /** The value at hand in a message: as it was written if that is short. */
    static String shown(JsonParser input) throws IOException {
        return switch (input.currentToken()) {
            case START_OBJECT -> "an object";
            case START_ARRAY -> "an array";
            case VALUE_STRING -> "'" + shortened(input.getText()) + "'";
            default -> shortened(input.getText());
        };
    }

    public static String shortened(String text) {
        String part = text.length() <= SHOWN_CHARACTERS ? text : text.substring(0, SHOWN_CHARACTERS) + "…";
        // Half a surrogate pair is no character, of which messages are made.
        return new String(part.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
    }

    /** Goes to the last token of the value at hand. */
    static void passOver(JsonParser input) throws IOException {
        if (input.currentToken() == JsonToken.START_OBJECT) {
            Set<String> names = new HashSet<>();
            for (String name = input.nextFieldName(); name != null; name = input.nextFieldName()) {
                if (!names.add(name)) {
                    throw twice(name);
                }
                input.nextToken();
                passOver(input);
            }
        } else if (input.currentToken() == JsonToken.START_ARRAY) {
            while (input.nextToken() != JsonToken.END_ARRAY) {
                passOver(input);
            }
        }
    }

    /**
     * The value at hand as it was written; goes to its last token.
     *
     * @param first where in the bytes the text begins that is parsed
     */
    static String textOf(JsonParser input, byte[] bytes, int first) throws IOException {
        long start = input.currentTokenLocation().getByteOffset();
        passOver(input);
        input.finishToken();
        long end = input.currentLocation().getByteOffset();
        return new String(bytes, first + (int) start, (int) (end - start), StandardCharsets.UTF_8);
    }

    /** A text between the quotes of JSON; halves of surrogate pairs are escaped. */
    public static String quoted(String text) {
        StringBuilder quoted = new StringBuilder();
        JsonStringEncoder.getInstance().quoteAsString(text, quoted);
        for (int i = 0; i < quoted.length(); i++) {
            char sign = quoted.charAt(i);
            if (Character.isHighSurrogate(sign) && i + 1 < quoted.length() && Character.isLowSurrogate(quoted.charAt(i + 1))) {
                i++;
            } else if (Character.isSurrogate(sign)) {
                quoted.replace(i, i + 1, "\\u%04x".formatted((int) sign));
            }
        }
        return quoted.toString();
    }
}
