package io.tidegate.connectors.json;

import java.time.DateTimeException;
import java.time.LocalDate;

/**
 * Reads ISO 8601: {@code 2026-11-21T10:00:00.25+01:00}, or the same without dashes or colons; a blank may stand for the T.
 * {@code iso_time.py} takes the same.
 */
public final class IsoTime {
    /** The years 1 to 9999. */
    static final long FIRST_S = -62_135_596_800L;

    static final long LAST_S = 253_402_300_799L;

    private static final int MICROS_DIGITS = 6;
    private static final long MICROS_PER_S = 1_000_000;

    private final String text;
    private int at;

    private IsoTime(String text) {
        this.text = text;
    }

    /**
     * Microseconds since 1970.
     *
     * @throws DateTimeException it is no time, has no zone, is finer, or lies outside of the years 1 to 9999
     */
    public static long micros(String text) {
        IsoTime time = new IsoTime(text);
        long day = time.readDay();
        time.readSeparator();
        int hour = time.readDigits(2, 23);
        boolean hasColons = time.peek() == ':';
        int minute = 0;
        int second = 0;
        long fraction = 0;
        if (time.readPart(hasColons)) {
            minute = time.readDigits(2, 59);
            if (time.readPart(hasColons)) {
                second = time.readDigits(2, 59);
                fraction = time.readFraction();
            }
        }
        long seconds = day * 86_400 + hour * 3_600 + minute * 60 + second - time.readZone();
        time.requireEnd();
        if (seconds < FIRST_S || seconds > LAST_S) {
            throw time.wrong();
        }
        return seconds * MICROS_PER_S + fraction;
    }

    /** Days since 1970. */
    public static int day(String text) {
        IsoTime date = new IsoTime(text);
        long day = date.readDay();
        date.requireEnd();
        return (int) day;
    }

    private long readDay() {
        int year = readDigits(4, 9999);
        boolean hasDashes = readIf('-');
        int month = readDigits(2, 12);
        if (hasDashes && !readIf('-')) {
            throw wrong();
        }
        int day = readDigits(2, 31);
        if (year == 0) {
            throw wrong();
        }
        return LocalDate.of(year, month, day).toEpochDay();
    }

    private void readSeparator() {
        if (!readIf('T') && !readIf('t') && !readIf(' ')) {
            throw wrong();
        }
    }

    /** Whether another part of the hour follows: behind a colon, or at once where there are none. */
    private boolean readPart(boolean hasColons) {
        return hasColons ? readIf(':') : isDigit(peek());
    }

    private long readFraction() {
        if (!readIf('.') && !readIf(',')) {
            return 0;
        }
        if (!isDigit(peek())) {
            throw wrong();
        }
        long micros = 0;
        int digits = 0;
        for (; isDigit(peek()); at++, digits++) {
            int digit = peek() - '0';
            if (digits < MICROS_DIGITS) {
                micros = 10 * micros + digit;
            } else if (digit != 0) {
                throw wrong();
            }
        }
        for (; digits < MICROS_DIGITS; digits++) {
            micros *= 10;
        }
        return micros;
    }

    /** Seconds ahead of UTC. */
    private int readZone() {
        if (readIf('Z')) {
            return 0;
        }
        int sign = readIf('+') ? 1 : readIf('-') ? -1 : 0;
        if (sign == 0) {
            throw wrong();
        }
        int seconds = readDigits(2, 23) * 3_600;
        if (readIf(':') || isDigit(peek())) {
            seconds += readDigits(2, 59) * 60;
        }
        return sign * seconds;
    }

    private int readDigits(int count, int max) {
        int value = 0;
        for (int i = 0; i < count; i++, at++) {
            if (!isDigit(peek())) {
                throw wrong();
            }
            value = 10 * value + peek() - '0';
        }
        if (value > max) {
            throw wrong();
        }
        return value;
    }

    private boolean readIf(char wanted) {
        boolean isThere = peek() == wanted;
        at += isThere ? 1 : 0;
        return isThere;
    }

    /** The sign at hand; 0 behind the end. */
    private char peek() {
        return at < text.length() ? text.charAt(at) : 0;
    }

    private static boolean isDigit(char sign) {
        return sign >= '0' && sign <= '9';
    }

    private void requireEnd() {
        if (at < text.length()) {
            throw wrong();
        }
    }

    private DateTimeException wrong() {
        return new DateTimeException("at " + at);
    }
}
