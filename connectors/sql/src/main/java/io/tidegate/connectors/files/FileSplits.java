package io.tidegate.connectors.files;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.apache.flink.connector.file.src.FileSourceSplit;
import org.apache.flink.connector.file.src.enumerate.FileEnumerator;
import org.apache.flink.core.fs.FileStatus;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.fs.Path;

/** Makes the splits of listed files: parts of one size, or the whole where rows can't be found from anywhere. */
final class FileSplits implements FileEnumerator {
    private final List<ListedFile> files;
    private final FilesConfig config;
    private final long splitBytes;

    FileSplits(List<ListedFile> files, FilesConfig config, long splitBytes) {
        this.files = files;
        this.config = config;
        this.splitBytes = splitBytes;
    }

    @Override
    public Collection<FileSourceSplit> enumerateSplits(Path[] unused, int wanted) throws IOException {
        List<FileSourceSplit> splits = new ArrayList<>();
        for (int i = 0; i < files.size(); i++) {
            ListedFile file = files.get(i);
            add(file.isKnown() ? file : seen(file), i, splits);
        }
        return splits;
    }

    private static ListedFile seen(ListedFile file) throws IOException {
        Path path = new Path(file.uri());
        FileStatus status = path.getFileSystem().getFileStatus(path);
        if (file.size() != ListedFile.UNKNOWN && file.size() != status.getLen()) {
            throw new IOException(file.uri() + " has changed since it was listed: it had " + file.size() + " bytes, and has "
                    + status.getLen() + ".");
        }
        return new ListedFile(file.uri(), status.getLen(), status.getModificationTime());
    }

    private void add(ListedFile file, int number, List<FileSourceSplit> splits) throws IOException {
        long part = file.size() > splitBytes && config.isSplittable() && isPlain(file) ? splitBytes : Math.max(file.size(), 1);
        long start = 0;
        do {
            long length = Math.min(part, file.size() - start);
            String id = number + "@" + start;
            splits.add(new FileSourceSplit(id, new Path(file.uri()), start, length, file.modified(), file.size()));
            start += length;
        } while (start < file.size());
    }

    /** A fault of the file is told by the one split that it then has. */
    private boolean isPlain(ListedFile file) throws IOException {
        Path path = new Path(file.uri());
        FileSystem fileSystem = path.getFileSystem();
        try (InputStream input = fileSystem.open(path)) {
            return config.compression().resolved(input.readNBytes(Compression.LOOKED_AT)) == Compression.NONE;
        } catch (FileFault fault) {
            return false;
        }
    }
}
