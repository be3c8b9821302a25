package io.tidegate.common;

import java.io.Serializable;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.flink.table.data.StringData;

/**
 * One conversion in a dataset's mapping, such as a cast: what it converts, into what, and the words for it where it fails.
 *
 * <p>What is begun is kept until it ends, by thread: an expression may throw in between, and only the one who hands the record
 * to the chain catches that, see {@link RecordFaults}.
 *
 * @param field what is converted, as the record calls it
 * @param type what into
 * @param isPersonal whether messages withhold the value
 * @param isDated whether a text begins with year, month and day, by which Flink takes a 30th of February for another day
 */
public record Conversion(String field, String type, boolean isPersonal, boolean isDated) implements Serializable {
    /** Of the value in the message; the dead letter has the whole record. */
    static final int MAX_VALUE_LENGTH = 60;

    private static final Pattern DATE = Pattern.compile("(\\d{4})-(\\d{1,2})-(\\d{1,2})(\\D.*)?", Pattern.DOTALL);
    private static final ThreadLocal<Deque<Begun>> BEGUN = ThreadLocal.withInitial(ArrayDeque::new);

    private record Begun(Conversion conversion, Object value) {}

    /** From {@code field\ttype\tflags}, of which p is personal and d dated. */
    public static Conversion of(String text) {
        String[] parts = text.split("\t", -1);
        return new Conversion(parts[0], parts[1], parts[2].contains("p"), parts[2].contains("d"));
    }

    /** The value is about to be converted. */
    public void begin(Object value) {
        BEGUN.get().push(new Begun(this, value));
    }

    /** @throws RecordFault if the result is not what the value of the conversion that was begun last stands for */
    public static void end(Object result) {
        Begun begun = BEGUN.get().pop();
        if (begun.value != null && !begun.conversion.isRight(begun.value, result)) {
            BEGUN.get().clear();
            throw begun.conversion.fault(begun.value);
        }
    }

    /** What an exception between the two was about; nothing is begun any more. */
    static Optional<RecordFault> takeUnfinished() {
        Begun begun = BEGUN.get().peek();
        BEGUN.get().clear();
        return Optional.ofNullable(begun).filter(each -> each.value != null).map(each -> each.conversion.fault(each.value));
    }

    private RecordFault fault(Object value) {
        return new RecordFault(ErrorCode.MAPPING_FAILED, field + ": " + shown(value) + " is no " + type);
    }

    private boolean isRight(Object value, Object result) {
        if (result == null) {
            return false;
        }
        return value instanceof StringData text && isDated ? isDay(text.toString().strip()) : NumericRange.holds(value, result);
    }

    private static boolean isDay(String text) {
        Matcher date = DATE.matcher(text);
        if (!date.matches()) {
            return false;
        }
        try {
            LocalDate.of(Integer.parseInt(date.group(1)), Integer.parseInt(date.group(2)), Integer.parseInt(date.group(3)));
            return true;
        } catch (DateTimeException none) {
            return false;
        }
    }

    private String shown(Object value) {
        String text = Objects.toString(value);
        if (isPersonal) {
            return "a value of " + text.length() + " characters, which is personal,";
        }
        String cut = text.length() > MAX_VALUE_LENGTH ? text.substring(0, MAX_VALUE_LENGTH) + "…" : text;
        return value instanceof StringData ? "'" + cut + "'" : cut;
    }
}
