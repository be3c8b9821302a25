package io.tidegate.connectors.files;

import java.io.Serializable;
import java.util.List;
import org.apache.flink.table.api.ValidationException;

/**
 * A file that is to be read.
 *
 * @param size in bytes when it was listed, or {@link #UNKNOWN}
 * @param modified milliseconds since 1970, or {@link #UNKNOWN}
 */
record ListedFile(String uri, long size, long modified) implements Serializable {
    static final long UNKNOWN = -1;

    boolean isKnown() {
        return size != UNKNOWN && modified != UNKNOWN;
    }

    /** @throws ValidationException if a line is no URI with, perhaps, size and time behind tabs, or one comes twice */
    static List<ListedFile> parse(String lines) {
        List<ListedFile> files = lines.lines().filter(line -> !line.isBlank()).map(ListedFile::parseLine).toList();
        if (files.stream().map(ListedFile::uri).distinct().count() < files.size()) {
            throw new ValidationException("Option 'files' names a file twice.");
        }
        return files;
    }

    private static ListedFile parseLine(String line) {
        String[] parts = line.strip().split("\t");
        try {
            return new ListedFile(
                    parts[0],
                    parts.length > 1 ? Long.parseLong(parts[1]) : UNKNOWN,
                    parts.length > 2 ? Long.parseLong(parts[2]) : UNKNOWN);
        } catch (NumberFormatException noNumber) {
            throw new ValidationException("'" + line + "' in option 'files' is no URI with its size and time, such as"
                    + " s3://lake/day.csv, a tab and 1024.");
        }
    }
}
