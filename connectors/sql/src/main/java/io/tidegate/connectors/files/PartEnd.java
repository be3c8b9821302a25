package io.tidegate.connectors.files;

/**
 * What a split held: its rows, and what is none. The splits of a file follow upon each other without a gap, by {@code from}
 * and {@code to}, so that all of the file has been looked at where they do.
 *
 * @param from offset of the first byte that was looked at; of an unpacked file, among its unpacked bytes
 * @param to offset behind the last one
 * @param rows good and bad ones
 * @param places of the rows: the sum of {@link Places#hash} over their offsets
 * @param fault what is wrong with the file; null if nothing is
 */
record PartEnd(
        long from, long to, long rows, long places, long headerLines, long blankLines, long commentLines, FileFault fault) {}
