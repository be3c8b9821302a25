package io.tidegate.connectors.opensearch;

import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToLongFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.flink.table.api.ValidationException;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.table.types.logical.utils.LogicalTypeChecks;

/** The index of a row: a fixed name, or {@code events-{event_time|yyyy.MM.dd}} with the UTC day of a column. */
final class IndexName {

    private static final Pattern DAY_OF_COLUMN = Pattern.compile("([^{}]*)\\{([^{}|]+)\\|([^{}|]+)}([^{}]*)");
    private static final int MAX_CACHED_DAYS = 10_000;

    private final String pattern;
    private final DayColumn day;
    private final Map<Long, String> namesByDay = new HashMap<>();

    private IndexName(String pattern, DayColumn day) {
        this.pattern = pattern;
        this.day = day;
    }

    /**
     * Reads the option {@code index}.
     *
     * @throws ValidationException if it names no column of the table, or one that holds no date
     */
    static IndexName parse(String pattern, RowType table) {
        if (!pattern.contains("{")) {
            return new IndexName(pattern, null);
        }
        Matcher matcher = DAY_OF_COLUMN.matcher(pattern);
        if (!matcher.matches()) {
            throw new ValidationException(
                    "index '" + pattern + "' is neither a fixed name nor of the form name-{column|yyyy.MM.dd}");
        }
        DateTimeFormatter format = dayFormat(matcher.group(1), matcher.group(3), matcher.group(4));
        return new IndexName(pattern, DayColumn.of(matcher.group(2), format, table));
    }

    /** The index of a row; null if the column it depends on is null. */
    String of(RowData row) {
        if (day == null) {
            return pattern;
        }
        if (row.isNullAt(day.position())) {
            return null;
        }
        if (namesByDay.size() > MAX_CACHED_DAYS) {
            namesByDay.clear();
        }
        return namesByDay.computeIfAbsent(
                day.epochDay().applyAsLong(row), key -> day.format().format(LocalDate.ofEpochDay(key)));
    }

    /** What {@link #of} may miss, in words. */
    String missing() {
        return "the column '" + day.name() + "', which chooses the index, is null";
    }

    private static DateTimeFormatter dayFormat(String prefix, String letters, String suffix) {
        try {
            DateTimeFormatter format =
                    DateTimeFormatter.ofPattern(quoted(prefix) + letters + quoted(suffix), Locale.ROOT);
            format.format(LocalDate.EPOCH);
            return format;
        } catch (IllegalArgumentException | java.time.DateTimeException e) {
            throw new ValidationException(
                    "'" + letters + "' is no date format for an index; use year, month and day, like yyyy.MM.dd", e);
        }
    }

    private static String quoted(String text) {
        return text.isEmpty() ? "" : "'" + text.replace("'", "''") + "'";
    }

    private record DayColumn(String name, int position, ToLongFunction<RowData> epochDay, DateTimeFormatter format) {

        private static final long MILLIS_PER_DAY = 86_400_000L;

        static DayColumn of(String name, DateTimeFormatter format, RowType table) {
            int position = table.getFieldIndex(name);
            if (position < 0) {
                throw new ValidationException("index names the column '" + name + "', which the table doesn't have");
            }
            return new DayColumn(name, position, epochDay(table.getTypeAt(position), position), format);
        }

        private static ToLongFunction<RowData> epochDay(LogicalType type, int position) {
            return switch (type.getTypeRoot()) {
                case DATE -> row -> row.getInt(position);
                case TIMESTAMP_WITHOUT_TIME_ZONE, TIMESTAMP_WITH_LOCAL_TIME_ZONE -> {
                    int precision = LogicalTypeChecks.getPrecision(type);
                    yield row ->
                            Math.floorDiv(row.getTimestamp(position, precision).getMillisecond(), MILLIS_PER_DAY);
                }
                default -> throw new ValidationException(
                        "index needs a DATE or TIMESTAMP column to take the day from, not " + type);
            };
        }
    }
}
