package io.tidegate.connectors.files;

import java.io.ByteArrayInputStream;
import java.io.Closeable;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import org.apache.flink.connector.file.src.FileSourceSplit;
import org.apache.flink.core.fs.FSDataInputStream;

/** The bytes of a split, unpacked, and what its file begins with. */
final class SplitInput implements Closeable {
    /** Of a file's beginning, where it is opened for that alone. */
    private static final int BEGINNING_BYTES = 8 * 1024;

    private static final int WHOLE_BYTES = 256 * 1024;
    private static final int MARK_BYTES = 3;

    private final FileSourceSplit split;
    private final String uri;
    private final FileStore store;
    private final FSDataInputStream file;

    private Compression compression;
    private TextEncoding encoding;
    private Window window;
    private int markBytes;

    SplitInput(FileSourceSplit split, String uri, FileStore store) throws IOException {
        this.split = split;
        this.uri = uri;
        this.store = store;
        file = store.open(uri);
    }

    /** Opens the file at its beginning, behind a byte order mark. */
    void begin(FilesConfig config) throws IOException {
        InputStream whole = whole(file, 0);
        byte[] start = whole.readNBytes(Compression.LOOKED_AT);
        compression = config.compression().resolved(start);
        InputStream bytes = compression.open(new SequenceInputStream(new ByteArrayInputStream(start), whole));
        window = new Window(bytes, 0, split.offset() == 0 ? WHOLE_BYTES : BEGINNING_BYTES);
        window.has(MARK_BYTES);
        markBytes = config.encoding().markBytes(window.bytes, window.end);
        encoding = config.encoding().ordered(window.bytes, window.end);
        window.start = markBytes;
    }

    /** Whether the split's first row may be the file's. */
    boolean isAtBeginning() {
        return split.offset() <= markBytes;
    }

    /** Goes to the first row that begins in the split or behind it, from anywhere. */
    void moveToSplit(FilesConfig config) throws IOException {
        long unit = split.offset() / encoding.width() * encoding.width();
        long before = (unit < split.offset() ? unit + encoding.width() : unit) - encoding.width();
        file.seek(before);
        window = new Window(whole(file, before), before, WHOLE_BYTES);
        new LineScanner(window, encoding, config.newline(), config.limits()).next();
    }

    private InputStream whole(InputStream stream, long from) {
        return new Whole(stream, uri, from, split.fileSize());
    }

    long start() {
        return split.offset();
    }

    /** Whether a byte of the file is one of the split's. */
    boolean holds(long offset) {
        return !isBefore(offset) && offset < split.offset() + split.length();
    }

    /** Whether a byte of the file lies in front of the split. */
    boolean isBefore(long offset) {
        return offset < split.offset();
    }

    /** The file as a library reads it that goes where it wants to. */
    ParquetInput anywhere() {
        return new ParquetInput(file, uri, split.fileSize());
    }

    Window window() {
        return window;
    }

    TextEncoding encoding() {
        return encoding;
    }

    /** Where rows begin that are not the split's. */
    long end() {
        long end = split.offset() + split.length();
        return compression == Compression.NONE && end < split.fileSize() ? end : Long.MAX_VALUE;
    }

    /** @throws IOException if the file is another one than when its splits were made */
    void requireUnchanged() throws IOException {
        boolean isTimeKnown = split.fileModificationTime() != ListedFile.UNKNOWN;
        long size = store.size(uri);
        long modified = isTimeKnown ? store.modified(uri) : ListedFile.UNKNOWN;
        if (size != split.fileSize() || modified != split.fileModificationTime()) {
            throw new IOException(uri + " has changed while it was read: it had " + shown(split.fileSize(),
                    split.fileModificationTime()) + ", and has " + shown(size, modified) + ". Load it again once it is complete.");
        }
    }

    private static String shown(long size, long modified) {
        return size + " bytes" + (modified == ListedFile.UNKNOWN ? "" : " (modified at " + modified + " ms since 1970)");
    }

    @Override
    public void close() throws IOException {
        file.close();
    }

    /**
     * As many bytes of the file as its size says: none behind them, for it may grow, and S3 refuses to read an empty object;
     * an end before them is none of the file's, but of a connection or of a file that has changed.
     */
    private static final class Whole extends FilterInputStream {
        private final String uri;
        private final long size;
        private long at;

        Whole(InputStream stream, String uri, long from, long size) {
            super(stream);
            this.uri = uri;
            this.size = size;
            at = from;
        }

        @Override
        public int read() throws IOException {
            throw new UnsupportedOperationException("it is read by way of a window");
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            if (at >= size || length == 0) {
                return at >= size ? -1 : 0;
            }
            int count = super.read(bytes, offset, (int) Math.min(length, size - at));
            if (count < 0) {
                throw new IOException(uri + " ended at byte " + at + " of " + size + ".");
            }
            at += count;
            return count;
        }

        /** What reads this to its end closes it, but the file may then be read from elsewhere. */
        @Override
        public void close() {
            // The file is closed with the split.
        }
    }
}
