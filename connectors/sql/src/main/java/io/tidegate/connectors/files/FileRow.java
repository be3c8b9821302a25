package io.tidegate.connectors.files;

import io.tidegate.connectors.avro.BadRecord;

/**
 * A row as it lies in its file, or what is to say of a part of the file that has been read.
 *
 * @param number of the row in its split, the first is 1
 * @param line null at a split's end
 * @param fault why the row is not even decoded; null where it is
 * @param end null of a row
 */
record FileRow(FilePart part, long number, Line line, BadRecord fault, PartEnd end) {

    /** Of a row that can be decoded, or can not. */
    static FileRow of(FilePart part, long number, Line line, BadRecord fault) {
        return new FileRow(part, number, line, fault, null);
    }

    static FileRow of(FilePart part, PartEnd end) {
        return new FileRow(part, 0, null, null, end);
    }
}
