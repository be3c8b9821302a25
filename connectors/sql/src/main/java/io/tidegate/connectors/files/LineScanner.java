package io.tidegate.connectors.files;

import java.io.IOException;
import java.util.Arrays;

/** Cuts a file at the ends of its lines. */
final class LineScanner implements RowScanner {
    private final Window window;
    private final TextEncoding encoding;
    private final Newline newline;
    private final RowLimits limits;

    LineScanner(Window window, TextEncoding encoding, Newline newline, RowLimits limits) {
        this.window = window;
        this.encoding = encoding;
        this.newline = newline;
        this.limits = limits;
    }

    @Override
    public Line next() throws IOException {
        return next(0);
    }

    /** @param within bytes that belong to the line whatever they are */
    Line next(int within) throws IOException {
        if (!window.has(1)) {
            return null;
        }
        int width = encoding.width();
        int looked = within;
        while (true) {
            int at = find(window.start + looked);
            if (at >= 0) {
                return line(at);
            }
            if (window.end - window.start > limits.maxBytes() + 2 * width) {
                return tooLarge(within);
            }
            looked = (window.end - window.start) / width * width;
            if (!window.more()) {
                return line(window.end);
            }
        }
    }

    private int find(int from) {
        return encoding.find(window.bytes, from, window.end, newline.first, newline.second);
    }

    /** The line that ends at this place of the window, where a line's end is, or the file's. */
    private Line line(int at) throws IOException {
        int length = at - window.start;
        int ending = endingBytes(length);
        int from = window.start;
        int to = from + length;
        if (newline == Newline.LF && ending > 0 && isBefore(to, '\r')) {
            to -= encoding.width();
        }
        Line line;
        if (to - from > limits.maxBytes()) {
            Line.Cut cut = new Line.Cut(window.offset(), limits.keptBytes());
            cut.add(window.bytes, from, to);
            line = cut.line();
        } else {
            line = new Line(window.offset(), to - from, Arrays.copyOfRange(window.bytes, from, to), null);
        }
        window.start += length + ending;
        return line;
    }

    /** Of the line's end that lies so far behind the window's start; 0 at the file's end. */
    private int endingBytes(int length) throws IOException {
        int width = encoding.width();
        if (!window.has(length + width)) {
            return 0;
        }
        boolean isPair = newline == Newline.ANY
                && encoding.unit(window.bytes, window.start + length) == '\r'
                && window.has(length + 2 * width)
                && encoding.unit(window.bytes, window.start + length + width) == '\n';
        return isPair ? 2 * width : width;
    }

    private boolean isBefore(int at, int unit) {
        int before = at - encoding.width();
        return before >= window.start && encoding.unit(window.bytes, before) == unit;
    }

    /** Goes through the line without holding it, but for what is known to be within it. */
    private Line tooLarge(int within) throws IOException {
        Line.Cut cut = new Line.Cut(window.offset(), limits.keptBytes());
        cut.add(window.bytes, window.start, window.start + within);
        window.start += within;
        int width = encoding.width();
        while (true) {
            int at = find(window.start);
            int to = at >= 0 ? at : window.start + (window.end - window.start) / width * width;
            boolean mayBelongToEnd = newline == Newline.LF && to > window.start && isBefore(to, '\r');
            int sure = mayBelongToEnd ? to - width : to;
            cut.add(window.bytes, window.start, sure);
            window.start = sure;
            if (at >= 0) {
                window.start += (mayBelongToEnd ? width : 0);
                window.start += endingBytes(0);
                return cut.line();
            }
            if (!window.more()) {
                cut.add(window.bytes, window.start, window.end);
                window.start = window.end;
                return cut.line();
            }
        }
    }
}
