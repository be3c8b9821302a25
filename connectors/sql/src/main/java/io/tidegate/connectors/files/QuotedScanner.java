package io.tidegate.connectors.files;

import java.io.IOException;

/**
 * Cuts a file of CSV whose cells may hold the ends of lines. A row across lines is taken only if its quotes end as they must
 * and it has as many cells as there are columns; else its first line alone is a row, a bad one, and the next begins with the
 * line after it. So a quote too much costs its own line, and not what is read up to the next quote.
 */
final class QuotedScanner implements RowScanner {
    private enum At {
        CELL_START,
        PLAIN,
        QUOTED,
        BEHIND_QUOTE
    }

    private static final int NOTHING = -2;
    /** A row may be so many times too large and is known to be one: else its lines would be taken for rows. */
    private static final long TIMES_TOO_LARGE = 16;

    private static final long MOST_AHEAD_BYTES = 64L * 1024 * 1024;

    private final Window window;
    private final TextEncoding encoding;
    private final CsvDialect dialect;
    private final Newline newline;
    private final long mostAhead;
    private final LineScanner lines;

    private int columns;
    private int at;
    private int cells;

    QuotedScanner(Window window, TextEncoding encoding, CsvDialect dialect, Newline newline, RowLimits limits) {
        this.window = window;
        this.encoding = encoding;
        this.dialect = dialect;
        this.newline = newline;
        this.mostAhead = Math.max(limits.maxBytes(), Math.min(TIMES_TOO_LARGE * limits.maxBytes(), MOST_AHEAD_BYTES));
        this.lines = new LineScanner(window, encoding, newline, limits);
    }

    /** @param count of a row's cells; 0 while it is not known */
    void columns(int count) {
        columns = count;
    }

    @Override
    public Line next() throws IOException {
        return lines.next(quotedBytes());
    }

    /** So many bytes of a row across lines lie before the end of its last cell in quotes; 0 if there is no such row. */
    private int quotedBytes() throws IOException {
        at = 0;
        cells = 1;
        int width = encoding.width();
        int quotedTo = 0;
        boolean isAcrossLines = false;
        At state = unit() == dialect.comment() ? null : At.CELL_START;
        // With more cells than columns it is no row: else each of many such lines would be read to the limit.
        for (; state != null && at <= mostAhead && (columns == 0 || cells <= columns); at += width) {
            int unit = unit();
            boolean isEnd = unit == NOTHING || unit <= '\r' && isLineEnd(unit);
            if (isEnd && state != At.QUOTED) {
                return isAcrossLines && (columns == 0 || cells == columns) ? quotedTo : 0;
            }
            isAcrossLines |= isEnd;
            if (unit == NOTHING) {
                return 0;
            }
            if (unit == dialect.escape() && state != At.BEHIND_QUOTE) {
                state = behindEscape(state);
                isAcrossLines |= state == At.QUOTED && isLineEnd(unit());
            } else {
                state = behind(state, unit);
            }
            quotedTo = state == At.BEHIND_QUOTE ? at + width : quotedTo;
        }
        return 0;
    }

    /** Where one is behind a sign; null if it may not stand there. */
    private At behind(At state, int unit) {
        if (state != At.QUOTED && unit == dialect.delimiter()) {
            cells++;
            return At.CELL_START;
        }
        boolean isQuote = unit == dialect.quote();
        if (state == At.QUOTED) {
            return isQuote ? At.BEHIND_QUOTE : At.QUOTED;
        }
        return isQuote && state != At.PLAIN ? At.QUOTED : state == At.BEHIND_QUOTE ? null : At.PLAIN;
    }

    /** Passes over the sign that is escaped; the end of a line is so in quotes only. */
    private At behindEscape(At state) throws IOException {
        at += encoding.width();
        if (state == At.QUOTED) {
            return At.QUOTED;
        }
        if (isLineEnd(unit())) {
            at -= encoding.width();
        }
        return At.PLAIN;
    }

    private boolean isLineEnd(int unit) throws IOException {
        if (newline == Newline.LF && unit == '\r') {
            int behind = at + encoding.width();
            return window.has(behind + encoding.width())
                    && encoding.unit(window.bytes, window.start + behind) == '\n';
        }
        return unit == newline.first || unit == newline.second;
    }

    /** The sign at hand. */
    private int unit() throws IOException {
        boolean isThere = at + encoding.width() <= window.end - window.start;
        return isThere || window.has(at + encoding.width()) ? encoding.unit(window.bytes, window.start + at) : NOTHING;
    }
}
