package io.tidegate.connectors.files;

import io.tidegate.connectors.avro.AvroTypes;
import io.tidegate.connectors.json.UnknownFields;
import java.io.Serializable;
import org.apache.flink.avro.shaded.org.apache.avro.Schema;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.ReadableConfig;

/** What a file of Parquet must be, as it travels to the tasks: its columns are those that the format of its rows reads. */
record ParquetConfig(String schemaJson, UnknownFields unknownColumns, boolean isMissingAllowed)
        implements ColumnRules, Serializable {
    private static final ConfigOption<String> SCHEMA =
            ConfigOptions.key("value.contract-json.schema").stringType().noDefaultValue();
    private static final ConfigOption<UnknownFields> UNKNOWN = ConfigOptions.key("value.contract-json.unknown-fields")
            .enumType(UnknownFields.class)
            .defaultValue(UnknownFields.IGNORE);

    static ParquetConfig from(ReadableConfig options) {
        return new ParquetConfig(
                options.get(SCHEMA),
                options.get(UNKNOWN),
                options.get(FilesOptions.PARQUET_MISSING_COLUMNS) == FilesOptions.MissingColumns.DEFAULT);
    }

    @Override
    public Schema schema() {
        return AvroTypes.parseContract(SCHEMA.key(), schemaJson);
    }
}
