package io.tidegate.connectors.files;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.apache.flink.connector.file.src.FileSourceSplit;
import org.apache.flink.connector.file.src.enumerate.FileEnumerator;
import org.apache.flink.core.fs.Path;

/** Makes the splits of listed files: parts of one size, or the whole where rows can't be found from anywhere. */
final class FileSplits implements FileEnumerator {
    private final FileList list;
    private final FilesConfig config;
    private final long splitBytes;

    FileSplits(FileList list, FilesConfig config, long splitBytes) {
        this.list = list;
        this.config = config;
        this.splitBytes = splitBytes;
    }

    @Override
    public Collection<FileSourceSplit> enumerateSplits(Path[] unused, int wanted) throws IOException {
        List<FileSourceSplit> splits = new ArrayList<>();
        for (int i = 0; i < list.files().size(); i++) {
            add(i, splits);
        }
        return splits;
    }

    private void add(int position, List<FileSourceSplit> splits) throws IOException {
        ListedFile file = list.files().get(position);
        Path path = new Path(file.uri());
        long size = size(file);
        // A time that is listed is the arrival's: what is read may be a copy, with a time of its own.
        boolean isTimeListed = file.modified() != ListedFile.UNKNOWN;
        long modified = isTimeListed ? ListedFile.UNKNOWN : list.storeOf(file).modified(file.uri());
        long part = size > splitBytes && config.of(file).isSplittable() && isPlain(file) ? splitBytes : Math.max(size, 1);
        long start = 0;
        do {
            long length = Math.min(part, size - start);
            splits.add(new FileSourceSplit(FileList.splitId(position, start), path, start, length, modified, size));
            start += length;
        } while (start < size);
    }

    private long size(ListedFile file) throws IOException {
        boolean isListed = file.size() != ListedFile.UNKNOWN;
        if (isListed && file.modified() != ListedFile.UNKNOWN) {
            // Nothing is left to ask for: of many files that would take long, and when they have been read it is asked.
            return file.size();
        }
        long now = list.storeOf(file).size(file.uri());
        if (isListed && file.size() != now) {
            throw new IOException(file.uri() + " has changed since it was listed: it had " + file.size() + " bytes, and has " + now
                    + ".");
        }
        return now;
    }

    /** A fault of the file is told by the one split that it then has. */
    private boolean isPlain(ListedFile file) throws IOException {
        try (InputStream input = list.storeOf(file).open(file.uri())) {
            return config.compression().resolved(input.readNBytes(Compression.LOOKED_AT)) == Compression.NONE;
        } catch (FileFault fault) {
            return false;
        }
    }
}
