package io.tidegate.connectors.files;

import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.TimestampData;

/**
 * What the rows of a split have in common.
 *
 * @param fileSize in bytes, as it lies there
 * @param start of the split
 * @param encoding in the order of the file's bytes; null if the file can't be read
 * @param header null unless it is CSV that can be read
 */
record FilePart(
        StringData file, long fileSize, TimestampData modified, long start, TextEncoding encoding, CsvHeader header) {}
