package io.tidegate.connectors.files;

import java.io.IOException;

/** A file can't be read as what it is said to be. That is told by the row that ends a split, and is no error of the job. */
final class FileFault extends IOException {
    /** The closed list; the message says more. */
    enum Code {
        /** No header, or columns that are missing, there twice, or unknown. */
        BAD_HEADER,
        /** A byte order mark of another encoding, or none where it must say the order of the bytes. */
        BAD_ENCODING,
        /** Compressed where it must not be or in another way, cut off, or broken. */
        BAD_COMPRESSION,
        /** No JSON array, or one whose brackets or commas do not fit together. */
        NOT_JSON,
        /** No Parquet, or one that is cut off, broken, encrypted, or packed in a way that is not read. */
        BAD_PARQUET
    }

    private final Code code;

    FileFault(Code code, String message) {
        super(message);
        this.code = code;
    }

    Code code() {
        return code;
    }
}
