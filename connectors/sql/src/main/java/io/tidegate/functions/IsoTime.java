package io.tidegate.functions;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import org.apache.flink.table.annotation.DataTypeHint;
import org.apache.flink.table.functions.ScalarFunction;

/**
 * {@code IsoTime(text) -> TIMESTAMP_LTZ(6)}: a moment as ISO 8601 writes it, with its offset or {@code Z}; without one it is
 * UTC. Null for any other text.
 */
public final class IsoTime extends ScalarFunction {
    private static final int SHORTEST = "2026-01-01T00:00".length();
    private static final int DATE = "2026-01-01".length();

    public @DataTypeHint("TIMESTAMP_LTZ(6)") Instant eval(String text) {
        if (text == null || text.strip().length() < SHORTEST) {
            return null;
        }
        String time = text.strip();
        String written = time.charAt(DATE) == ' ' ? time.substring(0, DATE) + "T" + time.substring(DATE + 1) : time;
        try {
            boolean hasOffset = written.endsWith("Z") || written.indexOf('+') > 0 || written.lastIndexOf('-') > DATE;
            return hasOffset ? OffsetDateTime.parse(withColon(written)).toInstant() : LocalDateTime.parse(written).toInstant(ZoneOffset.UTC);
        } catch (DateTimeException notIso) {
            return null;
        }
    }

    /** {@code +0200} and {@code +02} as {@code +02:00}. */
    private static String withColon(String time) {
        int sign = Math.max(time.indexOf('+'), time.lastIndexOf('-'));
        String offset = sign > DATE ? time.substring(sign + 1) : "";
        if (offset.length() == 2) {
            return time + ":00";
        }
        boolean isShort = offset.length() == 4 && offset.indexOf(':') < 0;
        return isShort ? time.substring(0, sign + 3) + ":" + offset.substring(2) : time;
    }
}
