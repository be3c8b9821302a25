package io.tidegate.connectors.files;

import java.io.IOException;
import org.apache.flink.core.fs.FSDataInputStream;
import org.apache.flink.core.fs.FileStatus;
import org.apache.flink.core.fs.Path;

/** Files of Flink's file systems. */
final class FlinkFiles implements FileStore {
    @Override
    public long size(String uri) throws IOException {
        return status(uri).getLen();
    }

    @Override
    public long modified(String uri) throws IOException {
        return status(uri).getModificationTime();
    }

    @Override
    public FSDataInputStream open(String uri) throws IOException {
        Path path = new Path(uri);
        return path.getFileSystem().open(path);
    }

    private static FileStatus status(String uri) throws IOException {
        Path path = new Path(uri);
        return path.getFileSystem().getFileStatus(path);
    }
}
