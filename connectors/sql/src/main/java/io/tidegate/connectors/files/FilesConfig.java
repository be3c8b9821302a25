package io.tidegate.connectors.files;

import java.io.Serializable;
import org.apache.flink.configuration.ReadableConfig;

/**
 * What files are, as it travels to the tasks.
 *
 * @param csv null unless they are CSV
 */
record FilesConfig(
        Layout layout,
        TextEncoding encoding,
        Newline newline,
        Compression compression,
        RowLimits limits,
        CsvConfig csv)
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
                layout == Layout.CSV ? CsvConfig.from(options) : null);
    }

    /** Whether rows begin behind the ends of lines, wherever one looks. */
    boolean isSplittable() {
        return layout == Layout.JSON_LINES || layout == Layout.CSV && !csv.dialect().isMultiline();
    }

    RowScanner scanner(Window window, TextEncoding ordered) {
        return switch (layout) {
            case CSV -> csv.dialect().isMultiline()
                    ? new QuotedScanner(window, ordered, csv.dialect(), newline, limits)
                    : new LineScanner(window, ordered, newline, limits);
            case JSON_LINES -> new LineScanner(window, ordered, newline, limits);
            case JSON_ARRAY -> new ArrayScanner(window, ordered, limits);
        };
    }
}
