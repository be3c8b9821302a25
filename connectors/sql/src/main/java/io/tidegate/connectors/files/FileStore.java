package io.tidegate.connectors.files;

import java.io.FileNotFoundException;
import java.io.IOException;
import org.apache.flink.core.fs.FSDataInputStream;

/** Where files lie. */
interface FileStore {
    /**
     * In bytes.
     *
     * @throws FileNotFoundException if the file is not there
     * @throws IOException if nobody can tell for now
     */
    long size(String uri) throws IOException;

    /**
     * By the store, in milliseconds since 1970.
     *
     * @throws IOException as {@link #size}
     */
    long modified(String uri) throws IOException;

    /**
     * A stream that can begin anywhere in the file.
     *
     * @throws IOException as {@link #size}
     */
    FSDataInputStream open(String uri) throws IOException;
}
