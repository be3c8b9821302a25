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
    /** Between a file's position in the list and where the split starts. */
    private static final String AT = "@";

    /**
     * A file before it is read.
     *
     * @param modified by the file system; unknown where a time was listed, which is that of the arrival
     */
    private record Seen(long size, long modified) {}

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
            add(i, seen(files.get(i)), splits);
        }
        return splits;
    }

    /**
     * What the split is a part of: its id begins with the file's position.
     *
     * @throws IOException if it was made of another list
     */
    static ListedFile fileOf(FileSourceSplit split, List<ListedFile> files) throws IOException {
        int position = Integer.parseInt(split.splitId().substring(0, split.splitId().indexOf(AT)));
        if (position >= files.size() || !new Path(files.get(position).uri()).equals(split.path())) {
            throw new IOException("The job goes on with " + split.path() + ", which is no file of option 'files' any more.");
        }
        return files.get(position);
    }

    private static Seen seen(ListedFile file) throws IOException {
        if (file.isKnown()) {
            return new Seen(file.size(), ListedFile.UNKNOWN);
        }
        Path path = new Path(file.uri());
        FileStatus status = path.getFileSystem().getFileStatus(path);
        if (file.size() != ListedFile.UNKNOWN && file.size() != status.getLen()) {
            throw new IOException(file.uri() + " has changed since it was listed: it had " + file.size() + " bytes, and has "
                    + status.getLen() + ".");
        }
        boolean isTimeListed = file.modified() != ListedFile.UNKNOWN;
        return new Seen(status.getLen(), isTimeListed ? ListedFile.UNKNOWN : status.getModificationTime());
    }

    private void add(int position, Seen seen, List<FileSourceSplit> splits) throws IOException {
        Path path = new Path(files.get(position).uri());
        long size = seen.size();
        long part = size > splitBytes && config.isSplittable() && isPlain(path) ? splitBytes : Math.max(size, 1);
        long start = 0;
        do {
            long length = Math.min(part, size - start);
            splits.add(new FileSourceSplit(position + AT + start, path, start, length, seen.modified(), size));
            start += length;
        } while (start < size);
    }

    /** A fault of the file is told by the one split that it then has. */
    private boolean isPlain(Path path) throws IOException {
        FileSystem fileSystem = path.getFileSystem();
        try (InputStream input = fileSystem.open(path)) {
            return config.compression().resolved(input.readNBytes(Compression.LOOKED_AT)) == Compression.NONE;
        } catch (FileFault fault) {
            return false;
        }
    }
}
