package io.tidegate.connectors.files;

import io.tidegate.common.ErrorCode;
import io.tidegate.connectors.avro.BadRecord;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.apache.flink.core.memory.MemorySegment;
import org.apache.flink.core.memory.MemorySegmentFactory;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.binary.BinaryStringData;

/** The cells of one row of CSV in UTF-8, by Python's rules with {@code strict=True}; their bytes are copied for no one. */
final class CsvCells {
    private static final int CELLS = 64;

    private final byte delimiter;
    private final int quote;
    private final int escape;

    private byte[] row;
    private MemorySegment[] segments;
    private int count;
    private int[] from = new int[CELLS];
    private int[] to = new int[CELLS];
    /** Whether a cell's text is not its bytes: it has doubled quotes or escapes. */
    private boolean[] isWritten = new boolean[CELLS];

    byte[] bytes;
    int start;
    int end;

    CsvCells(CsvDialect dialect) {
        delimiter = (byte) dialect.delimiter();
        quote = dialect.quote();
        escape = dialect.escape();
    }

    /** @throws BadRecord NOT_CSV */
    void read(byte[] text) {
        row = text;
        segments = null;
        count = 0;
        int at = 0;
        while (at <= row.length) {
            if (count == from.length) {
                grow();
            }
            int end = at < row.length && row[at] == quote ? quoted(at + 1) : plain(at);
            count++;
            at = end + 1;
        }
    }

    private void grow() {
        from = Arrays.copyOf(from, 2 * count);
        to = Arrays.copyOf(to, 2 * count);
        isWritten = Arrays.copyOf(isWritten, 2 * count);
    }

    /** Where the delimiter behind the cell is, or the row's end. */
    private int plain(int start) {
        boolean hasEscape = false;
        int at = start;
        while (at < row.length && row[at] != delimiter) {
            if (row[at] == escape) {
                hasEscape = true;
                at++;
                requireMore(at, "an escape at the end");
            }
            requireNoZero(at);
            at++;
        }
        return cell(start, at, at, hasEscape);
    }

    private int quoted(int start) {
        boolean isOther = false;
        int at = start;
        while (true) {
            requireMore(at, "a quote that does not end");
            if (row[at] == escape) {
                isOther = true;
                at++;
                requireMore(at, "a quote that does not end");
            } else if (row[at] == quote) {
                if (at + 1 >= row.length || row[at + 1] != quote) {
                    break;
                }
                isOther = true;
                at++;
            }
            requireNoZero(at);
            at++;
        }
        int end = at + 1;
        if (end < row.length && row[end] != delimiter) {
            throw bad("something follows the quote that ends the cell");
        }
        return cell(start, at, end, isOther);
    }

    private int cell(int start, int end, int delimiterAt, boolean isOther) {
        from[count] = start;
        to[count] = end;
        isWritten[count] = isOther;
        return delimiterAt;
    }

    private void requireMore(int at, String problem) {
        if (at >= row.length) {
            throw bad(problem);
        }
    }

    private void requireNoZero(int at) {
        if (row[at] == 0) {
            throw bad("a byte of zero");
        }
    }

    private BadRecord bad(String problem) {
        return new BadRecord(ErrorCode.NOT_CSV, "cell " + (count + 1) + ": " + problem);
    }

    int count() {
        return count;
    }

    /** Makes a cell the one at hand: its text lies in {@link #bytes} from {@link #start} to {@link #end}. */
    void select(int cell) {
        start = from[cell];
        end = to[cell];
        bytes = row;
        if (isWritten[cell]) {
            bytes = unescaped(cell);
            start = 0;
            end = bytes.length;
        }
    }

    private byte[] unescaped(int cell) {
        byte[] text = new byte[to[cell] - from[cell]];
        boolean isQuoted = from[cell] > 0 && row[from[cell] - 1] == quote;
        int size = 0;
        for (int at = from[cell]; at < to[cell]; at++) {
            if (row[at] == escape || isQuoted && row[at] == quote) {
                at++;
            }
            text[size++] = row[at];
        }
        return Arrays.copyOf(text, size);
    }

    /** The cell at hand. */
    String text() {
        return new String(bytes, start, end - start, StandardCharsets.UTF_8);
    }

    /** The cell at hand, which shares the row's bytes if it can. */
    StringData string() {
        if (bytes != row) {
            return StringData.fromBytes(bytes);
        }
        if (segments == null) {
            segments = new MemorySegment[] {MemorySegmentFactory.wrap(row)};
        }
        return BinaryStringData.fromAddress(segments, start, end - start);
    }

    boolean is(byte[] text) {
        return end - start == text.length && Arrays.equals(bytes, start, end, text, 0, text.length);
    }
}
