package io.tidegate.connectors.files;

import java.io.ByteArrayInputStream;
import java.io.Closeable;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import org.apache.flink.connector.file.src.FileSourceSplit;
import org.apache.flink.core.fs.FSDataInputStream;
import org.apache.flink.core.fs.FileStatus;
import org.apache.flink.core.fs.FileSystem;

/** The bytes of a split, unpacked, and what its file begins with. */
final class SplitInput implements Closeable {
    /** Of a file's beginning, where it is opened for that alone. */
    private static final int BEGINNING_BYTES = 8 * 1024;

    private static final int WHOLE_BYTES = 256 * 1024;
    private static final int MARK_BYTES = 3;

    private final FileSourceSplit split;
    private final FileSystem fileSystem;
    private final FSDataInputStream file;

    private Compression compression;
    private TextEncoding encoding;
    private Window window;
    private int markBytes;

    SplitInput(FileSourceSplit split) throws IOException {
        this.split = split;
        fileSystem = split.path().getFileSystem();
        file = fileSystem.open(split.path());
    }

    /** Opens the file at its beginning, behind a byte order mark. */
    void begin(FilesConfig config) throws IOException {
        byte[] start = file.readNBytes(Compression.LOOKED_AT);
        compression = config.compression().resolved(start);
        InputStream packed = new SequenceInputStream(new ByteArrayInputStream(start), file);
        boolean isPlain = compression == Compression.NONE;
        InputStream bytes = isPlain ? new Limited(packed, split.fileSize()) : compression.open(packed);
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
        window = new Window(new Limited(file, split.fileSize() - before), before, WHOLE_BYTES);
        new LineScanner(window, encoding, config.newline(), config.limits()).next();
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
        FileStatus now = fileSystem.getFileStatus(split.path());
        boolean isTimeSame = !isTimeKnown() || now.getModificationTime() == split.fileModificationTime();
        if (now.getLen() != split.fileSize() || !isTimeSame) {
            throw new IOException(split.path() + " has changed while it was read: it had " + split.fileSize() + " bytes"
                    + (isTimeKnown() ? " (modified at " + split.fileModificationTime() + " ms since 1970)" : "") + ", and has "
                    + now.getLen() + " (" + now.getModificationTime() + "). Load it again once it is complete.");
        }
    }

    /** A time that was listed is that of the arrival: what is read may be a copy, of another time. */
    private boolean isTimeKnown() {
        return split.fileModificationTime() != ListedFile.UNKNOWN;
    }

    /** @throws IOException if less of the file came than its size says */
    void requireWhole() throws IOException {
        boolean isRead = end() == Long.MAX_VALUE && compression == Compression.NONE;
        if (isRead && window.offset() != split.fileSize()) {
            throw new IOException(split.path() + " ended at byte " + window.offset() + " of " + split.fileSize() + ".");
        }
    }

    @Override
    public void close() throws IOException {
        file.close();
    }

    /** No more than so many bytes of a stream: a file may grow. */
    private static final class Limited extends FilterInputStream {
        private long left;

        Limited(InputStream stream, long limit) {
            super(stream);
            left = limit;
        }

        @Override
        public int read() throws IOException {
            throw new UnsupportedOperationException("it is read by way of a window");
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            if (left <= 0) {
                return -1;
            }
            int count = super.read(bytes, offset, (int) Math.min(length, left));
            left -= Math.max(count, 0);
            return count;
        }
    }
}
