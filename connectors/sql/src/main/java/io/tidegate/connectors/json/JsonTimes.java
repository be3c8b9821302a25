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

    private JsonTimes() {}

    static TimestampData millis(JsonParser input) throws IOException {
        if (input.currentToken() == JsonToken.VALUE_NUMBER_INT) {
            return WrittenValues.timeOfMicros(Math.multiplyExact(counted(input, 1_000), MICROS_PER_MS));
        }
        long micros = written(input);
        if (micros % MICROS_PER_MS != 0) {
            throw JsonValues.bad(JsonValues.shown(input) + " is finer than the field's unit");
        }
        return WrittenValues.timeOfMicros(micros);
    }

    static TimestampData micros(JsonParser input) throws IOException {
        boolean isCount = input.currentToken() == JsonToken.VALUE_NUMBER_INT;
        return WrittenValues.timeOfMicros(isCount ? counted(input, 1_000_000) : written(input));
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
        long other = WrittenValues.otherUnit(count, unitsPerS);
        if (other > 0) {
            throw JsonValues.bad(JsonValues.shown(input) + " looks like " + other + " per second since 1970, but the field"
                    + " counts " + unitsPerS);
        }
        if (!WrittenValues.isTime(count, unitsPerS)) {
            throw noTime(input);
        }
        return count;
    }

    private static BadRecord noTime(JsonParser input) throws IOException {
        return JsonValues.bad(JsonValues.shown(input) + " is not a time");
    }
}
