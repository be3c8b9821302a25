package io.tidegate.connectors.files;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.apache.flink.table.api.ValidationException;

/**
 * A file that is to be read, and what its rows are said to come from.
 *
 * @param uri where it is read
 * @param size in bytes when it was listed, or {@link #UNKNOWN}
 * @param modified when it arrived, in milliseconds since 1970, or {@link #UNKNOWN}: then it is the file system's time
 * @param number of metadata column 'partition'
 * @param name of metadata column 'topic': the supplier's URI where {@code uri} is a copy
 * @param layout if it is another one than that of the table's files; else null
 */
record ListedFile(String uri, long size, long modified, int number, String name, Layout layout) implements Serializable {
    static final long UNKNOWN = -1;

    private static final int FIELDS = 6;

    /** @throws ValidationException if a line is no URI with what may stand behind it, or a file or number comes twice */
    static List<ListedFile> parse(String lines) {
        List<ListedFile> files = new ArrayList<>();
        lines.lines().filter(line -> !line.isBlank()).forEach(line -> files.add(parseLine(line.stripLeading(), files.size())));
        requireDistinct(files, file -> List.of(file.uri(), file.name()), "a file");
        requireDistinct(files, ListedFile::number, "a number");
        return files;
    }

    private static void requireDistinct(List<ListedFile> files, Function<ListedFile, Object> field, String what) {
        if (files.stream().map(field).distinct().count() < files.size()) {
            throw new ValidationException("Option 'files' names " + what + " twice.");
        }
    }

    private static ListedFile parseLine(String line, int position) {
        String[] parts = line.split("\t");
        try {
            if (parts.length > FIELDS) {
                throw new NumberFormatException("a tab too many");
            }
            return new ListedFile(
                    parts[0],
                    isGiven(parts, 1) ? Long.parseLong(parts[1]) : UNKNOWN,
                    isGiven(parts, 2) ? Long.parseLong(parts[2]) : UNKNOWN,
                    isGiven(parts, 3) ? number(parts[3]) : position,
                    isGiven(parts, 4) ? parts[4] : parts[0],
                    isGiven(parts, 5) ? layout(parts[5]) : null);
        } catch (NumberFormatException noNumber) {
            throw new ValidationException("'" + line + "' in option 'files' is no URI with its size, time, number, name and layout,"
                    + " such as s3://lake/day.csv, a tab and 1024.");
        }
    }

    private static int number(String text) {
        int number = Integer.parseInt(text);
        if (number < 0) {
            throw new NumberFormatException("below 0");
        }
        return number;
    }

    private static Layout layout(String text) {
        if (!text.equals(Layout.JSON_LINES.toString())) {
            throw new NumberFormatException("a layout that no file has beside others");
        }
        return Layout.JSON_LINES;
    }

    private static boolean isGiven(String[] parts, int field) {
        return field < parts.length && !parts[field].isEmpty();
    }
}
