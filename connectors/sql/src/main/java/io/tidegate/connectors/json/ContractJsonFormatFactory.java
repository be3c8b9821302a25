package io.tidegate.connectors.json;

import java.util.Set;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.table.connector.format.DecodingFormat;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.factories.DeserializationFormatFactory;
import org.apache.flink.table.factories.DynamicTableFactory;
import org.apache.flink.table.factories.FactoryUtil;

/** Finds the format by its name in {@code WITH ('format' = 'contract-json', ...)}; it only reads. */
public final class ContractJsonFormatFactory implements DeserializationFormatFactory {
    @Override
    public String factoryIdentifier() {
        return "contract-json";
    }

    @Override
    public Set<ConfigOption<?>> requiredOptions() {
        return Set.of(ContractJsonOptions.SCHEMA);
    }

    @Override
    public Set<ConfigOption<?>> optionalOptions() {
        return Set.of(
                ContractJsonOptions.UNKNOWN_FIELDS, ContractJsonOptions.MAX_RECORD_BYTES, ContractJsonOptions.RAW_MAX_BYTES);
    }

    @Override
    public DecodingFormat<DeserializationSchema<RowData>> createDecodingFormat(
            DynamicTableFactory.Context context, ReadableConfig formatOptions) {
        FactoryUtil.validateFactoryOptions(this, formatOptions);
        return new ContractJsonDecodingFormat(JsonConfig.from(formatOptions));
    }
}
