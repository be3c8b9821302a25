package io.tidegate.connectors.files;

import java.io.Serializable;
import org.apache.flink.table.api.ValidationException;

/**
 * Which signs mean what in a file of CSV; each is ASCII, and {@link #NONE} where there is no such sign.
 *
 * @param escape takes its meaning from the sign behind it; a quote may be doubled besides
 * @param comment a line that begins with it is no row
 * @param isMultiline whether a cell in quotes may hold the ends of lines
 */
record CsvDialect(int delimiter, int quote, int escape, int comment, boolean isMultiline) implements Serializable {
    /** Above what two bytes can hold. */
    static final int NONE = 1 << 16;

    private static final int ASCII_SIGNS = 128;

    /** @throws ValidationException if signs that must differ do not, or one is no sign of ASCII */
    CsvDialect {
        int[] signs = {delimiter, quote, escape, comment};
        for (int i = 0; i < signs.length; i++) {
            for (int j = 0; j < i; j++) {
                if (signs[i] != NONE && signs[i] == signs[j]) {
                    throw new ValidationException("Two of csv.delimiter, csv.quote, csv.escape and csv.comment are '"
                            + (char) signs[i] + "'. Give each another sign.");
                }
            }
        }
    }

    /**
     * The sign that an option names: one character of ASCII that ends no line, {@code \t} for a tab; an empty one is none.
     *
     * @throws ValidationException for anything else
     */
    static int sign(String option, String text) {
        if (text.isEmpty()) {
            return NONE;
        }
        char sign = text.equals("\\t") ? '\t' : text.charAt(0);
        boolean isOne = text.length() == 1 || text.equals("\\t");
        if (!isOne || sign == 0 || sign >= ASCII_SIGNS || sign == '\n' || sign == '\r') {
            throw new ValidationException("Option '" + option + "' is '" + text + "'; it must be one sign of ASCII, or \\t.");
        }
        return sign;
    }
}
