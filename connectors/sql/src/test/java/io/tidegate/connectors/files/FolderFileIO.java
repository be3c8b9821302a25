package io.tidegate.connectors.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.io.FileInfo;
import org.apache.iceberg.io.InputFile;
import org.apache.iceberg.io.OutputFile;
import org.apache.iceberg.io.SeekableInputStream;
import org.apache.iceberg.io.SupportsPrefixOperations;

/** The objects of buckets in a folder, behind connections that may be refused or break. */
public final class FolderFileIO implements SupportsPrefixOperations {
    static final String FOLDER = "folder";
    /** A connection ends at this byte of a file. */
    static final String BREAKS_AT = "breaks-at";
    static final String REFUSES = "refuses";

    private Map<String, String> options = Map.of();

    @Override
    public void initialize(Map<String, String> given) {
        options = given;
    }

    private Path path(String uri) {
        if (options.containsKey(REFUSES)) {
            throw new IllegalStateException(options.get(REFUSES));
        }
        return Path.of(options.get(FOLDER), uri.substring("s3://".length()));
    }

    @Override
    public InputFile newInputFile(String uri) {
        long at = Long.parseLong(options.getOrDefault(BREAKS_AT, Long.toString(Long.MAX_VALUE)));
        return new Breaking(org.apache.iceberg.Files.localInput(path(uri).toFile()), at);
    }

    @Override
    public Iterable<FileInfo> listPrefix(String prefix) {
        try {
            Path file = path(prefix);
            FileInfo longer = new FileInfo(prefix + ".bak", 1, 1);
            return Files.exists(file)
                    ? List.of(longer, new FileInfo(prefix, Files.size(file), Files.getLastModifiedTime(file).toMillis()))
                    : List.of(longer);
        } catch (IOException unseen) {
            throw new IllegalStateException(unseen);
        }
    }

    @Override
    public OutputFile newOutputFile(String uri) {
        throw new UnsupportedOperationException(uri);
    }

    @Override
    public void deleteFile(String uri) {
        throw new UnsupportedOperationException(uri);
    }

    @Override
    public void deletePrefix(String prefix) {
        throw new UnsupportedOperationException(prefix);
    }

    private record Breaking(InputFile file, long at) implements InputFile {
        @Override
        public long getLength() {
            return file.getLength();
        }

        @Override
        public String location() {
            return file.location();
        }

        @Override
        public boolean exists() {
            return file.exists();
        }

        @Override
        public SeekableInputStream newStream() {
            SeekableInputStream stream = file.newStream();
            return new SeekableInputStream() {
                @Override
                public long getPos() throws IOException {
                    return stream.getPos();
                }

                @Override
                public void seek(long position) throws IOException {
                    stream.seek(position);
                }

                @Override
                public int read() {
                    throw new UnsupportedOperationException("several bytes at once are read");
                }

                @Override
                public int read(byte[] bytes, int offset, int length) throws IOException {
                    if (getLength() == 0) {
                        throw new IllegalStateException("The requested range is not satisfiable");
                    }
                    int left = (int) Math.min(length, at - getPos());
                    return left > 0 ? stream.read(bytes, offset, left) : -1;
                }

                @Override
                public void close() throws IOException {
                    stream.close();
                }
            };
        }
    }
}
