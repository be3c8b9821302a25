package io.tidegate.connectors.files;

import io.tidegate.connectors.json.WrittenValues;
import java.util.regex.Pattern;
import org.apache.flink.table.data.DecimalData;

/** Numbers in cells: exact, or the nearest where the field is a binary fraction. Short ones are read off their bytes. */
final class CellNumbers {
    /** So many always fit into a long. */
    private static final int SAFE_DIGITS = 18;

    private static final Pattern NUMBER = Pattern.compile("-?(\\d++(\\.\\d*+)?|\\.\\d++)([eE][+-]?\\d++)?");
    private static final long[] POWERS = new long[SAFE_DIGITS + 1];

    static {
        POWERS[0] = 1;
        for (int i = 1; i < POWERS.length; i++) {
            POWERS[i] = 10 * POWERS[i - 1];
        }
    }

    private CellNumbers() {}

    static Object int32(CsvCells cell) {
        long value = whole(cell, "int");
        if ((int) value != value) {
            throw CellReaders.isNot(cell, "a whole number of type int");
        }
        return (int) value;
    }

    static Object int64(CsvCells cell) {
        return whole(cell, "long");
    }

    /** @param type is named where the cell is no whole number of 64 bits */
    static long whole(CsvCells cell, String type) {
        int at = cell.start;
        boolean isNegative = at < cell.end && cell.bytes[at] == '-';
        at += isNegative ? 1 : 0;
        boolean isDigits = at < cell.end;
        long value = 0;
        for (; at < cell.end && isDigits; at++) {
            isDigits = isDigit(cell.bytes[at]);
            value = 10 * value + cell.bytes[at] - '0';
        }
        if (!isDigits || !fitsLong(cell)) {
            throw CellReaders.isNot(cell, "a whole number of type " + type);
        }
        if (cell.end - cell.start > SAFE_DIGITS) {
            return Long.parseLong(cell.text());
        }
        return isNegative ? -value : value;
    }

    /** Digits, and a minus before them at most. */
    static boolean isWhole(CsvCells cell) {
        int at = cell.start;
        if (at < cell.end && cell.bytes[at] == '-') {
            at++;
        }
        if (at == cell.end) {
            return false;
        }
        for (; at < cell.end; at++) {
            if (!isDigit(cell.bytes[at])) {
                return false;
            }
        }
        return true;
    }

    /** Of a whole number. */
    static boolean fitsLong(CsvCells cell) {
        if (cell.end - cell.start <= SAFE_DIGITS) {
            return true;
        }
        try {
            Long.parseLong(cell.text());
            return true;
        } catch (NumberFormatException tooLarge) {
            return false;
        }
    }

    static Object float64(CsvCells cell) {
        return nearest(cell, "double");
    }

    static Object float32(CsvCells cell) {
        return (float) nearest(cell, "float");
    }

    private static double nearest(CsvCells cell, String type) {
        String text = cell.text();
        if (!NUMBER.matcher(text).matches()) {
            throw CellReaders.isNot(cell, "a number");
        }
        double value = WrittenValues.isShort(text) ? Double.parseDouble(text) : Double.NaN;
        if (!WrittenValues.isNearest(text, type.equals("float") ? (float) value : value)) {
            throw CellReaders.isNot(cell, "a finite number of type " + type);
        }
        return value;
    }

    static CellReader decimalReader(int precision, int scale) {
        return cell -> {
            DecimalData value = precision <= SAFE_DIGITS ? shortDecimal(cell, precision, scale) : null;
            value = value == null ? WrittenValues.decimalOfText(cell.text(), precision, scale) : value;
            if (value == null) {
                throw CellReaders.isNot(cell, "a decimal(" + precision + ", " + scale + ")");
            }
            return value;
        };
    }

    /** Null if it is not so plain that it can be read off: digits, and no more behind a point than there are places. */
    private static DecimalData shortDecimal(CsvCells cell, int precision, int scale) {
        int at = cell.start;
        boolean isNegative = at < cell.end && cell.bytes[at] == '-';
        at += isNegative ? 1 : 0;
        if (at == cell.end || cell.end - at > SAFE_DIGITS || !isDigit(cell.bytes[at])) {
            return null;
        }
        long unscaled = 0;
        int places = -1;
        for (; at < cell.end; at++) {
            byte sign = cell.bytes[at];
            if (isDigit(sign)) {
                unscaled = 10 * unscaled + sign - '0';
                places += places >= 0 ? 1 : 0;
            } else if (sign == '.' && places < 0) {
                places = 0;
            } else {
                return null;
            }
        }
        int missing = scale - Math.max(places, 0);
        if (missing < 0 || unscaled >= POWERS[Math.max(precision - missing, 0)]) {
            return null;
        }
        long scaled = unscaled * POWERS[missing];
        return DecimalData.fromUnscaledLong(isNegative ? -scaled : scaled, precision, scale);
    }

    private static boolean isDigit(byte sign) {
        return sign >= '0' && sign <= '9';
    }
}
