package io.tidegate.connectors.files;

import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Locale;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;
import org.apache.flink.shaded.io.airlift.compress.zstd.ZstdInputStream;

/** How a file is packed; what it is really tell its first bytes, whatever its name is. */
enum Compression {
    /** As the first bytes say. */
    AUTO,
    NONE,
    GZIP(0x1f, 0x8b),
    ZSTD(0x28, 0xb5, 0x2f, 0xfd);

    /** So many bytes tell it. */
    static final int LOOKED_AT = 4;

    private static final int BUFFER_BYTES = 64 * 1024;

    private final int[] magic;

    Compression(int... magic) {
        this.magic = magic;
    }

    /**
     * What it is, of a file that begins so.
     *
     * @throws FileFault if it is something else than what was said
     */
    Compression resolved(byte[] start) throws FileFault {
        boolean isZstd = ZSTD.begins(start) || ZstdFrames.isSkipped(start);
        Compression found = GZIP.begins(start) ? GZIP : isZstd ? ZSTD : NONE;
        if (this != AUTO && this != found && start.length > 0) {
            throw new FileFault(FileFault.Code.BAD_COMPRESSION, "it " + (found == NONE ? "is not compressed" : "is " + found)
                    + ", but its compression is said to be " + this);
        }
        return found;
    }

    /** As the option has it. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }

    private boolean begins(byte[] start) {
        for (int i = 0; i < magic.length; i++) {
            if (i >= start.length || (start[i] & 0xff) != magic[i]) {
                return false;
            }
        }
        return true;
    }

    InputStream open(InputStream packed) throws IOException {
        if (this != GZIP && this != ZSTD) {
            return packed;
        }
        InputStream buffered = new BufferedInputStream(new Source(packed), BUFFER_BYTES);
        try {
            return new Unpacked(this == GZIP
                    ? new GzipCompressorInputStream(buffered, true)
                    : new ZstdInputStream(new ZstdFrames(buffered)));
        } catch (UncheckedIOException outage) {
            throw outage.getCause();
        } catch (IOException broken) {
            throw fault(broken);
        }
    }

    private static FileFault fault(Exception broken) {
        return new FileFault(FileFault.Code.BAD_COMPRESSION, "cut off or broken: " + broken.getMessage());
    }

    /** Tells what the file system throws from what is wrong with the file. */
    private static final class Source extends FilterInputStream {
        Source(InputStream file) {
            super(file);
        }

        @Override
        public int read() throws IOException {
            throw new UnsupportedOperationException("it is read by way of a buffer");
        }

        @Override
        public int read(byte[] bytes, int offset, int length) {
            try {
                return super.read(bytes, offset, length);
            } catch (IOException outage) {
                throw new UncheckedIOException(outage);
            }
        }
    }

    private static final class Unpacked extends FilterInputStream {
        Unpacked(InputStream unpacking) {
            super(unpacking);
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            try {
                return super.read(bytes, offset, length);
            } catch (UncheckedIOException outage) {
                throw outage.getCause();
            } catch (IOException | RuntimeException broken) {
                throw fault(broken);
            }
        }
    }
}
