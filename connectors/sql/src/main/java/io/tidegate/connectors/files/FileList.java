package io.tidegate.connectors.files;

import java.io.IOException;
import java.io.Serializable;
import java.util.List;
import java.util.Map;
import org.apache.flink.connector.file.src.FileSourceSplit;
import org.apache.flink.core.fs.Path;

/** The files that are read, and how one gets at them, as it travels to the tasks. */
final class FileList implements Serializable {
    private static final long serialVersionUID = 1L;
    private static final String S3 = "s3://";
    /** Between a file's position in the list and where the split starts. */
    private static final String AT = "@";

    private final List<ListedFile> files;
    private final Map<String, String> lake;

    /** @param lake options of Iceberg's catalog, by which {@code s3://} is read; without any, it is a file system of Flink's */
    FileList(List<ListedFile> files, Map<String, String> lake) {
        this.files = files;
        this.lake = lake;
    }

    List<ListedFile> files() {
        return files;
    }

    FileStore storeOf(ListedFile file) {
        return lake.isEmpty() || !file.uri().startsWith(S3) ? new FlinkFiles() : LakeFiles.of(lake);
    }

    static String splitId(int position, long start) {
        return position + AT + start;
    }

    /**
     * What the split is a part of.
     *
     * @throws IOException if it was made of another list
     */
    ListedFile fileOf(FileSourceSplit split) throws IOException {
        int position = Integer.parseInt(split.splitId().substring(0, split.splitId().indexOf(AT)));
        if (position >= files.size() || !new Path(files.get(position).uri()).equals(split.path())) {
            throw new IOException("The job goes on with " + split.path() + ", which is no file of option 'files' any more.");
        }
        return files.get(position);
    }
}
