package io.tidegate.connectors.files;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.flink.core.fs.FSDataInputStream;
import org.apache.iceberg.CatalogProperties;
import org.apache.iceberg.CatalogUtil;
import org.apache.iceberg.exceptions.NotFoundException;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.io.FileInfo;
import org.apache.iceberg.io.InputFile;
import org.apache.iceberg.io.SeekableInputStream;
import org.apache.iceberg.io.SupportsPrefixOperations;

/** Files by the way on which the lake's own are read: Iceberg's, with the catalog's options; the catalog is not asked. */
final class LakeFiles implements FileStore {
    private static final String S3_FILE_IO = "org.apache.iceberg.aws.s3.S3FileIO";
    /** By their options: each has a pool of connections, which lives as long as the process, as Flink's file systems do. */
    private static final Map<Map<String, String>, FileIO> OPEN = new ConcurrentHashMap<>();

    /** Something that the store may refuse: Iceberg and what stands behind it throw what need not be declared. */
    private interface Asked<T> {
        T answer() throws IOException;
    }

    private final FileIO files;

    private LakeFiles(FileIO files) {
        this.files = files;
    }

    /** @param catalog options of Iceberg's catalog */
    static LakeFiles of(Map<String, String> catalog) {
        return new LakeFiles(OPEN.computeIfAbsent(catalog, LakeFiles::load));
    }

    private static FileIO load(Map<String, String> catalog) {
        return CatalogUtil.loadFileIO(catalog.getOrDefault(CatalogProperties.FILE_IO_IMPL, S3_FILE_IO), catalog, null);
    }

    @Override
    public long size(String uri) throws IOException {
        return asked(uri, () -> {
            InputFile file = files.newInputFile(uri);
            // What it is told here it keeps, so that the length costs no request.
            if (!file.exists()) {
                throw notThere(uri);
            }
            return file.getLength();
        });
    }

    @Override
    public long modified(String uri) throws IOException {
        if (!(files instanceof SupportsPrefixOperations listing)) {
            throw new IOException(uri + ": " + files.getClass().getName() + " tells no time, so list the file's.");
        }
        return asked(uri, () -> {
            for (FileInfo found : listing.listPrefix(uri)) {
                if (found.location().equals(uri)) {
                    return found.createdAtMillis();
                }
            }
            throw notThere(uri);
        });
    }

    @Override
    public FSDataInputStream open(String uri) throws IOException {
        return new Opened(uri, asked(uri, () -> files.newInputFile(uri).newStream()));
    }

    private static <T> T asked(String uri, Asked<T> question) throws IOException {
        try {
            return question.answer();
        } catch (NotFoundException | FileNotFoundException missing) {
            throw notThere(uri);
        } catch (IOException | RuntimeException refused) {
            throw new IOException(uri + " can't be read for now: " + refused.getMessage(), refused);
        }
    }

    private static FileNotFoundException notThere(String uri) {
        return new FileNotFoundException(uri + " is not there.");
    }

    /** Iceberg's stream as Flink's. */
    private static final class Opened extends FSDataInputStream {
        private final String uri;
        private final SeekableInputStream stream;

        Opened(String uri, SeekableInputStream stream) {
            this.uri = uri;
            this.stream = stream;
        }

        @Override
        public void seek(long position) throws IOException {
            asked(uri, () -> {
                stream.seek(position);
                return null;
            });
        }

        @Override
        public long getPos() throws IOException {
            return stream.getPos();
        }

        @Override
        public int read() throws IOException {
            return asked(uri, stream::read);
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            return asked(uri, () -> stream.read(bytes, offset, length));
        }

        @Override
        public void close() throws IOException {
            stream.close();
        }
    }
}
