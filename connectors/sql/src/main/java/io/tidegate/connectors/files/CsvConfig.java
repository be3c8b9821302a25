package io.tidegate.connectors.files;

import io.tidegate.connectors.avro.AvroTypes;
import io.tidegate.connectors.json.UnknownFields;
import java.io.Serializable;
import java.util.List;
import org.apache.flink.avro.shaded.org.apache.avro.Schema;
import org.apache.flink.configuration.ReadableConfig;

/**
 * What a file of CSV is, as it travels to the tasks.
 *
 * @param hasHeader whether its first row names the columns
 * @param columns their names where it has no header
 * @param nulls cells that stand for no value
 * @param isMissingAllowed whether a column may be missing whose field has a default
 */
record CsvConfig(
        String schemaJson,
        CsvDialect dialect,
        boolean hasHeader,
        List<String> columns,
        List<String> nulls,
        UnknownFields unknownColumns,
        boolean isMissingAllowed)
        implements ColumnRules, Serializable {

    static CsvConfig from(ReadableConfig options) {
        CsvDialect dialect = new CsvDialect(
                CsvDialect.sign("csv.delimiter", options.get(FilesOptions.DELIMITER)),
                CsvDialect.sign("csv.quote", options.get(FilesOptions.QUOTE)),
                CsvDialect.sign("csv.escape", options.get(FilesOptions.ESCAPE)),
                CsvDialect.sign("csv.comment", options.get(FilesOptions.COMMENT)),
                options.get(FilesOptions.MULTILINE));
        return new CsvConfig(
                options.get(FilesOptions.SCHEMA),
                dialect,
                options.get(FilesOptions.HEADER),
                options.getOptional(FilesOptions.COLUMNS).orElse(List.of()),
                options.get(FilesOptions.NULLS),
                options.get(FilesOptions.UNKNOWN_COLUMNS),
                options.get(FilesOptions.MISSING_COLUMNS) == FilesOptions.MissingColumns.DEFAULT);
    }

    @Override
    public Schema schema() {
        return AvroTypes.parseContract("csv.schema", schemaJson);
    }
}
