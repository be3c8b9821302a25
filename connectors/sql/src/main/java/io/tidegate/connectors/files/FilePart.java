package io.tidegate.connectors.files;

/**
 * What the rows of a split have in common.
 *
 * @param start of the split
 * @param encoding in the order of the file's bytes; null if the file can't be read
 * @param header null unless it is CSV that can be read
 */
record FilePart(FileOrigin origin, long start, TextEncoding encoding, CsvHeader header) {}
