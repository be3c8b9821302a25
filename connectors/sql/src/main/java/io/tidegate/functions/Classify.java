package io.tidegate.functions;

import java.nio.charset.StandardCharsets;
import org.apache.flink.table.annotation.DataTypeHint;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.binary.BinaryStringData;
import org.apache.flink.table.functions.ScalarFunction;

/**
 * {@code Classify(text, classes, otherwise) -> STRING}: the class of the first listed word that the text contains.
 *
 * <p>{@code classes} is a constant such as {@code 'bot=bot,iPad=tablet,Mobile=phone'}: word=class, most telling first.
 * One pass over the text for all words, where a chain of LIKEs is one pass each.
 */
public final class Classify extends ScalarFunction {
    private transient StringData parsed;
    private transient byte[][] words;
    private transient StringData[] classes;
    /** For each byte, the words that begin with it, as bits. */
    private transient long[] startingWith;

    @DataTypeHint(value = "STRING NOT NULL", bridgedTo = StringData.class)
    public StringData eval(
            @DataTypeHint(value = "STRING", bridgedTo = StringData.class) StringData text,
            @DataTypeHint(value = "STRING NOT NULL", bridgedTo = StringData.class) StringData rules,
            @DataTypeHint(value = "STRING NOT NULL", bridgedTo = StringData.class) StringData otherwise) {
        if (rules != parsed && !rules.equals(parsed)) {
            parse(rules);
        }
        if (text == null) {
            return otherwise;
        }
        int best = first(((BinaryStringData) text).toBytes());
        return best == words.length ? otherwise : classes[best];
    }

    private int first(byte[] text) {
        int best = words.length;
        for (int at = 0; at < text.length && best > 0; at++) {
            long candidates = startingWith[text[at] & 0xff];
            while (candidates != 0) {
                int word = Long.numberOfTrailingZeros(candidates);
                if (word >= best) {
                    break;
                }
                if (isAt(text, at, words[word])) {
                    best = word;
                }
                candidates &= candidates - 1;
            }
        }
        return best;
    }

    private static boolean isAt(byte[] text, int at, byte[] word) {
        if (at + word.length > text.length) {
            return false;
        }
        for (int i = 1; i < word.length; i++) {
            if (text[at + i] != word[i]) {
                return false;
            }
        }
        return true;
    }

    private void parse(StringData rules) {
        String[] lines = rules.toString().split(",");
        if (lines.length > Long.SIZE) {
            throw new IllegalArgumentException(lines.length + " words are listed, at most " + Long.SIZE + " can be.");
        }
        words = new byte[lines.length][];
        classes = new StringData[lines.length];
        startingWith = new long[256];
        for (int i = 0; i < lines.length; i++) {
            String[] rule = lines[i].split("=", 2);
            if (rule.length != 2 || rule[0].isEmpty()) {
                throw new IllegalArgumentException("'" + lines[i] + "' is not word=class.");
            }
            words[i] = rule[0].getBytes(StandardCharsets.UTF_8);
            classes[i] = StringData.fromString(rule[1]);
            startingWith[words[i][0] & 0xff] |= 1L << i;
        }
        parsed = rules;
    }
}
