package io.tidegate.connectors.files;

import io.tidegate.common.LakeOptions;
import java.util.List;
import java.util.Set;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.table.api.ValidationException;
import org.apache.flink.table.connector.format.DecodingFormat;
import org.apache.flink.table.connector.source.DynamicTableSource;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.factories.DeserializationFormatFactory;
import org.apache.flink.table.factories.DynamicTableSourceFactory;
import org.apache.flink.table.factories.FactoryUtil;

/** Finds the connector by its name in {@code WITH ('connector' = 'files', ...)}. */
public final class FilesTableFactory implements DynamicTableSourceFactory {
    @Override
    public String factoryIdentifier() {
        return "files";
    }

    @Override
    public Set<ConfigOption<?>> requiredOptions() {
        return Set.of(FilesOptions.FILES, FilesOptions.LAYOUT);
    }

    @Override
    public Set<ConfigOption<?>> optionalOptions() {
        return Set.of(
                FilesOptions.VALUE_FORMAT,
                FilesOptions.ENCODING,
                FilesOptions.NEWLINE,
                FilesOptions.COMPRESSION,
                FilesOptions.SPLIT_BYTES,
                FilesOptions.MAX_ROW_BYTES,
                FilesOptions.RAW_MAX_BYTES,
                FilesOptions.SCHEMA,
                FilesOptions.DELIMITER,
                FilesOptions.QUOTE,
                FilesOptions.ESCAPE,
                FilesOptions.COMMENT,
                FilesOptions.MULTILINE,
                FilesOptions.HEADER,
                FilesOptions.COLUMNS,
                FilesOptions.NULLS,
                FilesOptions.UNKNOWN_COLUMNS,
                FilesOptions.MISSING_COLUMNS,
                FilesOptions.PARQUET_MISSING_COLUMNS);
    }

    @Override
    public DynamicTableSource createDynamicTableSource(Context context) {
        var helper = FactoryUtil.createTableFactoryHelper(this, context);
        ReadableConfig options = helper.getOptions();
        boolean isCsv = options.get(FilesOptions.LAYOUT) == Layout.CSV;
        requireOne(options, isCsv ? FilesOptions.SCHEMA : FilesOptions.VALUE_FORMAT);
        DecodingFormat<DeserializationSchema<RowData>> format = isCsv
                ? new CsvDecodingFormat(CsvConfig.from(options))
                : helper.discoverDecodingFormat(DeserializationFormatFactory.class, FilesOptions.VALUE_FORMAT);
        helper.validateExcept(LakeOptions.PREFIX);
        List<ListedFile> files = ListedFile.parse(options.get(FilesOptions.FILES));
        if (files.isEmpty()) {
            throw new ValidationException("Option 'files' names no file.");
        }
        requireReadable(files, options.get(FilesOptions.LAYOUT));
        long splitBytes = Math.max(options.get(FilesOptions.SPLIT_BYTES).getBytes(), 1);
        FileList list = new FileList(files, LakeOptions.of(context.getCatalogTable().getOptions()));
        return new FilesTableSource(list, FilesConfig.from(options), splitBytes, format, context.getPhysicalRowDataType());
    }

    private static void requireReadable(List<ListedFile> files, Layout layout) {
        if (layout != Layout.PARQUET && files.stream().anyMatch(file -> file.layout() != null && file.layout() != layout)) {
            throw new ValidationException("Option 'files' names a file of JSON lines, which only stands among files of Parquet.");
        }
    }

    private static void requireOne(ReadableConfig options, ConfigOption<String> wanted) {
        if (options.getOptional(wanted).isEmpty()) {
            throw new ValidationException("Option '" + wanted.key() + "' is missing, which layout "
                    + options.get(FilesOptions.LAYOUT) + " needs.");
        }
    }
}
