package io.tidegate.connectors.files;

import java.io.Closeable;
import java.io.IOException;

/** The rows of one split, and at its end what it held. */
interface RowsOfSplit extends Closeable {
    /**
     * Null behind the last one, which says what the split held.
     *
     * @throws IOException if the file can't be read for now, or has changed
     */
    FileRow next() throws IOException;
}
