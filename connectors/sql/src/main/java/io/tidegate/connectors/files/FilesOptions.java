package io.tidegate.connectors.files;

import io.tidegate.common.Names;
import io.tidegate.connectors.json.UnknownFields;
import java.util.List;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.MemorySize;

/** Options of {@code WITH ('connector' = 'files', ...)}. */
final class FilesOptions {
    enum MissingColumns {
        REJECT,
        DEFAULT
    }

    static final ConfigOption<String> FILES = ConfigOptions.key("files")
            .stringType()
            .noDefaultValue()
            .withDescription("One URI a line; behind it, each after a tab and empty if it is not known, its size in bytes, when it"
                    + " arrived in milliseconds since 1970, its number, its name, and its layout if it is another: json-lines"
                    + " among files of Parquet.");
    static final ConfigOption<Layout> LAYOUT = ConfigOptions.key("layout")
            .enumType(Layout.class)
            .noDefaultValue()
            .withDescription("csv, json-lines, json-array or parquet.");
    static final ConfigOption<String> VALUE_FORMAT = ConfigOptions.key("value.format")
            .stringType()
            .noDefaultValue()
            .withDescription("How a row is read where it is not CSV: contract-json.");
    static final ConfigOption<String> ENCODING = ConfigOptions.key("encoding")
            .stringType()
            .defaultValue("UTF-8")
            .withDescription("UTF-8, UTF-16 (its order by a byte order mark), UTF-16LE, UTF-16BE, or one of one byte a character.");
    static final ConfigOption<Newline> NEWLINE = ConfigOptions.key("newline")
            .enumType(Newline.class)
            .defaultValue(Newline.ANY)
            .withDescription("What ends a line: any of LF, CR LF and CR; lf, with or without a CR before it; cr alone.");
    static final ConfigOption<Compression> COMPRESSION = ConfigOptions.key("compression")
            .enumType(Compression.class)
            .defaultValue(Compression.AUTO)
            .withDescription("none, gzip, zstd, or what the first bytes tell.");
    static final ConfigOption<MemorySize> SPLIT_BYTES = ConfigOptions.key("split-bytes")
            .memoryType()
            .defaultValue(MemorySize.ofMebiBytes(64))
            .withDescription("A file that can be read from anywhere is read in parts of this size.");
    static final ConfigOption<MemorySize> MAX_ROW_BYTES = ConfigOptions.key("max-row-bytes")
            .memoryType()
            .defaultValue(MemorySize.ofMebiBytes(1))
            .withDescription("A longer row is RECORD_TOO_LARGE.");
    static final ConfigOption<MemorySize> RAW_MAX_BYTES = ConfigOptions.key("raw.max-bytes")
            .memoryType()
            .defaultValue(new MemorySize(Names.PAYLOAD_LIMIT_BYTES))
            .withDescription("Metadata column 'value.raw' holds at most so many of the row's first bytes.");

    static final ConfigOption<String> SCHEMA = ConfigOptions.key("csv.schema")
            .stringType()
            .noDefaultValue()
            .withDescription("The contract's Avro schema: columns are found by their fields' property 'json', or else by name.");
    static final ConfigOption<String> DELIMITER = ConfigOptions.key("csv.delimiter").stringType().defaultValue(",")
            .withDescription("Between two cells; \\t is a tab.");
    static final ConfigOption<String> QUOTE = ConfigOptions.key("csv.quote").stringType().defaultValue("\"")
            .withDescription("Around a cell; within, it is doubled. Empty: there are no quotes.");
    static final ConfigOption<String> ESCAPE = ConfigOptions.key("csv.escape").stringType().defaultValue("")
            .withDescription("Takes its meaning from the sign behind it.");
    static final ConfigOption<String> COMMENT = ConfigOptions.key("csv.comment").stringType().defaultValue("")
            .withDescription("A line that begins with it is no row.");
    static final ConfigOption<Boolean> MULTILINE = ConfigOptions.key("csv.multiline").booleanType().defaultValue(false)
            .withDescription("Whether a cell in quotes may hold the ends of lines; then each file is read by one task.");
    static final ConfigOption<Boolean> HEADER = ConfigOptions.key("csv.header").booleanType().defaultValue(true)
            .withDescription("Whether the first row names the columns, in whatever order.");
    static final ConfigOption<List<String>> COLUMNS = ConfigOptions.key("csv.columns").stringType().asList().noDefaultValue()
            .withDescription("The columns of files without a header; without it, the schema's fields in their order.");
    static final ConfigOption<List<String>> NULLS = ConfigOptions.key("csv.null").stringType().asList().defaultValues("")
            .withDescription("Cells that stand for no value.");
    static final ConfigOption<UnknownFields> UNKNOWN_COLUMNS = ConfigOptions.key("csv.unknown-columns")
            .enumType(UnknownFields.class)
            .defaultValue(UnknownFields.REJECT)
            .withDescription("What becomes of a column that the schema lacks: the file is refused, its cells are kept as text in"
                    + " metadata column 'value.rescued', or they are passed over.");
    static final ConfigOption<MissingColumns> MISSING_COLUMNS = ConfigOptions.key("csv.missing-columns")
            .enumType(MissingColumns.class)
            .defaultValue(MissingColumns.REJECT)
            .withDescription("What becomes of a file without a column whose field has a default: it is refused, or they have that.");

    static final ConfigOption<MissingColumns> PARQUET_MISSING_COLUMNS = ConfigOptions.key("parquet.missing-columns")
            .enumType(MissingColumns.class)
            .defaultValue(MissingColumns.REJECT)
            .withDescription("As csv.missing-columns. The schema, and what becomes of unknown columns, are those of value.format.");

    private FilesOptions() {}

    static int bytes(MemorySize size) {
        return (int) Math.min(size.getBytes(), Integer.MAX_VALUE / 4);
    }
}
