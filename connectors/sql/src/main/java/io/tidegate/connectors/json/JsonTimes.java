package io.tidegate.connectors.json;

import io.tidegate.connectors.avro.BadRecord;
import java.io.IOException;
import java.time.DateTimeException;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.core.JsonParser;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.core.JsonToken;
import org.apache.flink.table.data.TimestampData;

/** Readers of times and days: ISO 8601 with a zone, or whole numbers in the field's own unit since 1970. */
final class JsonTimes {
    private static final long MICROS_PER_MS = 1000;
    private static final long SECOND = 1;
    private static final long[] UNITS_PER_S = {SECOND, 1_000, 1_000_000, 1_000_000_000};
    /** 2001 to 2096: a number that says such a time in another unit was written in that unit. */
    private static final long LIKELY_FROM_S = 1_000_000_000L;

    private static final long LIKELY_TO_S = 4 * LIKELY_FROM_S;

    private JsonTimes() {}

    static TimestampData millis(JsonParser input) throws IOException {
        if (input.currentToken() == JsonToken.VALUE_NUMBER_INT) {
            return ofMicros(Math.multiplyExact(counted(input, 1_000), MICROS_PER_MS));
        }
        long micros = written(input);
        if (micros % MICROS_PER_MS != 0) {
            throw JsonValues.bad(JsonValues.shown(input) + " is finer than the field's unit");
        }
        return ofMicros(micros);
    }

    static TimestampData micros(JsonParser input) throws IOException {
        return ofMicros(input.currentToken() == JsonToken.VALUE_NUMBER_INT ? counted(input, 1_000_000) : written(input));
    }

    /** Days since 1970. */
    static int date(JsonParser input) throws IOException {
        String text = JsonScalars.requireText(input, "a date");
        try {
            return IsoTime.day(text);
        } catch (DateTimeException noDate) {
            throw JsonValues.bad(JsonValues.shown(input) + " is not a date");
        }
    }

    private static long written(JsonParser input) throws IOException {
        String text = JsonScalars.requireText(input, "a time");
        try {
            return IsoTime.micros(text);
        } catch (DateTimeException noTime) {
            throw JsonValues.bad(JsonValues.shown(input) + " is not a time with a zone, in microseconds at the finest");
        }
    }

    private static long counted(JsonParser input, long unitsPerS) throws IOException {
        long count = JsonNumbers.fitsLong(input) ? input.getLongValue() : Long.MAX_VALUE;
        for (long other : UNITS_PER_S) {
            boolean looksLikeIt = count / other >= LIKELY_FROM_S && count / other < LIKELY_TO_S;
            if (looksLikeIt && other != unitsPerS) {
                throw JsonValues.bad(JsonValues.shown(input) + " looks like " + other + " per second since 1970, but the field"
                        + " counts " + unitsPerS);
            }
        }
        long seconds = Math.floorDiv(count, unitsPerS);
        if (seconds < IsoTime.FIRST_S || seconds > IsoTime.LAST_S) {
            throw noTime(input);
        }
        return count;
    }

    private static BadRecord noTime(JsonParser input) throws IOException {
        return JsonValues.bad(JsonValues.shown(input) + " is not a time");
    }

    private static TimestampData ofMicros(long micros) {
        return TimestampData.fromEpochMillis(
                Math.floorDiv(micros, MICROS_PER_MS), (int) Math.floorMod(micros, MICROS_PER_MS) * 1000);
    }
}
