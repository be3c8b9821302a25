package io.tidegate.connectors.files;

import java.io.IOException;

/** Cuts a file into its rows. */
interface RowScanner {
    /**
     * The row at the window's start, which lies behind it afterwards; null at the end.
     *
     * @throws FileFault if the file is not of the kind that it should be
     */
    Line next() throws IOException;
}
