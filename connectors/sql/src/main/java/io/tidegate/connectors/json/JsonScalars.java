package io.tidegate.connectors.json;

import io.tidegate.connectors.avro.BadRecord;
import java.io.IOException;
import java.util.Set;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.core.JsonParser;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.core.JsonToken;
import org.apache.flink.table.data.StringData;

/** Readers of texts, truth values and bytes. */
final class JsonScalars {
    private JsonScalars() {}

    static StringData string(JsonParser input) throws IOException {
        return text(requireText(input, "a string"));
    }

    /** @throws BadRecord if the text holds half of a surrogate pair, which an escape can say and UTF-8 can't */
    static StringData text(String text) {
        for (int i = 0; i < text.length(); i++) {
            char sign = text.charAt(i);
            if (Character.isSurrogate(sign)) {
                boolean isPair = Character.isHighSurrogate(sign)
                        && i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1));
                if (!isPair) {
                    throw JsonValues.bad("'" + JsonValues.shortened(text)
                            + "' holds half of a surrogate pair, which is no character");
                }
                i++;
            }
        }
        return StringData.fromString(text);
    }

    static boolean bool(JsonParser input) throws IOException {
        JsonToken token = input.currentToken();
        if (token != JsonToken.VALUE_TRUE && token != JsonToken.VALUE_FALSE) {
            throw JsonValues.isNot(input, "true or false");
        }
        return token == JsonToken.VALUE_TRUE;
    }

    /** From Base64, with its padding. */
    static byte[] bytes(JsonParser input) throws IOException {
        byte[] bytes = WrittenValues.bytes(requireText(input, "a string"));
        if (bytes == null) {
            throw JsonValues.isNot(input, "Base64");
        }
        return bytes;
    }

    static byte[] bytes(JsonParser input, int size) throws IOException {
        byte[] bytes = bytes(input);
        if (bytes.length != size) {
            throw JsonValues.bad(JsonValues.shown(input) + " is " + bytes.length + " bytes in Base64, not " + size);
        }
        return bytes;
    }

    static StringData symbol(JsonParser input, Set<String> symbols) throws IOException {
        String text = requireText(input, "a string");
        if (!symbols.contains(text)) {
            throw JsonValues.bad(JsonValues.shown(input) + " is no symbol of it");
        }
        return StringData.fromString(text);
    }

    static StringData uuid(JsonParser input) throws IOException {
        String uuid = WrittenValues.uuid(requireText(input, "a string"));
        if (uuid == null) {
            throw JsonValues.bad(JsonValues.shown(input) + " is no uuid");
        }
        return StringData.fromString(uuid);
    }

    static String requireText(JsonParser input, String wanted) throws IOException {
        if (input.currentToken() != JsonToken.VALUE_STRING) {
            throw JsonValues.isNot(input, wanted);
        }
        return input.getText();
    }
}
