package io.tidegate.connectors.files;

import java.io.Serializable;
import org.apache.flink.configuration.ReadableConfig;

/**
 * What files are, as it travels to the tasks.
 *
 * @param csv null unless they are CSV
 * @param parquet null unless they are Parquet
 */
record FilesConfig(
        Layout layout,
        TextEncoding encoding,
        Newline newline,
        Compression compression,
        RowLimits limits,
        CsvConfig csv,
        ParquetConfig parquet)
        implements Serializable {

    static FilesConfig from(ReadableConfig options) {
        Layout layout = options.get(FilesOptions.LAYOUT);
        int rawMaxBytes = FilesOptions.bytes(options.get(FilesOptions.RAW_MAX_BYTES));
        return new FilesConfig(
                layout,
                TextEncoding.of(options.get(FilesOptions.ENCODING)),
                options.get(FilesOptions.NEWLINE),
                options.get(FilesOptions.COMPRESSION),
                new RowLimits(FilesOptions.bytes(options.get(FilesOptions.MAX_ROW_BYTES)), rawMaxBytes),
                layout == Layout.CSV ? CsvConfig.from(options) : null,
                layout == Layout.PARQUET ? ParquetConfig.from(options) : null);
    }

    /** What one file is: rows of Parquet are read as JSON, so a file of JSON lines may be among them. */
    FilesConfig of(ListedFile file) {
        return file.layout() == null || file.layout() == layout
                ? this
                : new FilesConfig(file.layout(), encoding, newline, compression, limits, null, null);
    }

    /** Whether rows are found wherever one looks: behind the ends of lines, or by what the file's end says. */
    boolean isSplittable() {
        return switch (layout) {
            case CSV -> !csv.dialect().isMultiline();
            case JSON_LINES, PARQUET -> true;
            case JSON_ARRAY -> false;
        };
    }

    RowScanner scanner(Window window, TextEncoding ordered) {
        return switch (layout) {
            case CSV -> csv.dialect().isMultiline()
                    ? new QuotedScanner(window, ordered, csv.dialect(), newline, limits)
                    : new LineScanner(window, ordered, newline, limits);
            case JSON_LINES -> new LineScanner(window, ordered, newline, limits);
            case JSON_ARRAY -> new ArrayScanner(window, ordered, limits);
            case PARQUET -> throw new IllegalStateException("rows of Parquet are no bytes to cut");
        };
    }
}
