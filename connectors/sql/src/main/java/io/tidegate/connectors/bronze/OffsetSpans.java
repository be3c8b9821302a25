package io.tidegate.connectors.bronze;

import java.io.Serializable;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.flink.table.api.ValidationException;

/**
 * The offsets of each partition that are read.
 *
 * @param byPartition first offset and end, the end exclusive
 */
record OffsetSpans(Map<Integer, long[]> byPartition) implements Serializable {
    private static final Pattern SPAN = Pattern.compile("(\\d{1,9}):(\\d{1,18})-(\\d{1,18})");

    /** @throws ValidationException if it is not of the form 0:100-200;1:0-50 */
    static OffsetSpans parse(String text) {
        Map<Integer, long[]> found = new HashMap<>();
        for (String part : text.split(";")) {
            Matcher matcher = SPAN.matcher(part.strip());
            if (!matcher.matches()) {
                throw new ValidationException("'" + part + "' is no partition with its offsets, such as 0:100-200.");
            }
            found.put(
                    Integer.valueOf(matcher.group(1)),
                    new long[] {Long.parseLong(matcher.group(2)), Long.parseLong(matcher.group(3))});
        }
        return new OffsetSpans(found);
    }

    boolean contains(int partition, long offset) {
        long[] span = byPartition.get(partition);
        return span != null && offset >= span[0] && offset < span[1];
    }
}
