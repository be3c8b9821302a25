package io.tidegate.connectors.files;

import java.io.IOException;
import java.io.InputStream;
import org.apache.flink.core.fs.FSDataInputStream;
import org.apache.iceberg.shaded.org.apache.parquet.io.DelegatingSeekableInputStream;
import org.apache.iceberg.shaded.org.apache.parquet.io.InputFile;
import org.apache.iceberg.shaded.org.apache.parquet.io.SeekableInputStream;

/** An open file for Parquet's library, which tells an outage and what is wrong with the file by the same exceptions. */
final class ParquetInput implements InputFile {
    private final FSDataInputStream file;
    private final String uri;
    private final long size;
    private IOException outage;

    /** @param size as it was listed, in bytes: none behind them is the file's */
    ParquetInput(FSDataInputStream file, String uri, long size) {
        this.file = file;
        this.uri = uri;
        this.size = size;
    }

    @Override
    public long getLength() {
        return size;
    }

    /** Of the one stream that there is. */
    @Override
    public SeekableInputStream newStream() {
        return new Stream(new Bytes());
    }

    /** @throws IOException what the file system threw, if that is why the library gave up */
    void requireNoOutage() throws IOException {
        if (outage != null) {
            throw outage;
        }
    }

    private IOException failed(IOException error) {
        outage = error;
        return error;
    }

    private final class Bytes extends InputStream {
        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            try {
                long at = file.getPos();
                if (at >= size || length == 0) {
                    return at >= size ? -1 : 0;
                }
                int count = file.read(bytes, offset, (int) Math.min(length, size - at));
                if (count < 0) {
                    throw new IOException(uri + " ended at byte " + at + " of " + size + ".");
                }
                return count;
            } catch (IOException error) {
                throw failed(error);
            }
        }

        @Override
        public void close() {
            // The file is closed with the split.
        }
    }

    private final class Stream extends DelegatingSeekableInputStream {
        Stream(InputStream bytes) {
            super(bytes);
        }

        @Override
        public long getPos() throws IOException {
            return file.getPos();
        }

        @Override
        public void seek(long position) throws IOException {
            try {
                file.seek(position);
            } catch (IOException error) {
                throw failed(error);
            }
        }
    }
}
