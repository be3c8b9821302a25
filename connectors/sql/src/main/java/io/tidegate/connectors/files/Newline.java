package io.tidegate.connectors.files;

/** What ends a line. */
enum Newline {
    /** LF, CR LF, or CR, also in turns: as Python's module csv reads. */
    ANY('\n', '\r'),
    /** LF, and a CR right before it belongs to it. */
    LF('\n', '\n'),
    CR('\r', '\r');

    /** One of these two ends a line. */
    final int first;

    final int second;

    Newline(int first, int second) {
        this.first = first;
        this.second = second;
    }
}
