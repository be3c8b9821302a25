package io.tidegate.connectors.avro;

import java.util.Set;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.api.common.serialization.SerializationSchema;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.table.connector.format.DecodingFormat;
import org.apache.flink.table.connector.format.EncodingFormat;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.factories.DeserializationFormatFactory;
import org.apache.flink.table.factories.DynamicTableFactory;
import org.apache.flink.table.factories.FactoryUtil;
import org.apache.flink.table.factories.SerializationFormatFactory;

/** Finds the format by its name in {@code WITH ('format' = 'contract-avro', ...)}. */
public final class ContractAvroFormatFactory implements DeserializationFormatFactory, SerializationFormatFactory {
    @Override
    public String factoryIdentifier() {
        return "contract-avro";
    }

    @Override
    public Set<ConfigOption<?>> requiredOptions() {
        return Set.of(ContractAvroOptions.REGISTRY_URL, ContractAvroOptions.SCHEMA);
    }

    @Override
    public Set<ConfigOption<?>> optionalOptions() {
        return Set.of(
                ContractAvroOptions.SUBJECT,
                ContractAvroOptions.REGISTRY_RETRY_TIMEOUT,
                ContractAvroOptions.MAX_RECORD_BYTES,
                ContractAvroOptions.RAW_MAX_BYTES);
    }

    @Override
    public DecodingFormat<DeserializationSchema<RowData>> createDecodingFormat(
            DynamicTableFactory.Context context, ReadableConfig formatOptions) {
        FactoryUtil.validateFactoryOptions(this, formatOptions);
        return new ContractAvroDecodingFormat(FormatConfig.from(formatOptions));
    }

    @Override
    public EncodingFormat<SerializationSchema<RowData>> createEncodingFormat(
            DynamicTableFactory.Context context, ReadableConfig formatOptions) {
        FactoryUtil.validateFactoryOptions(this, formatOptions);
        return new ContractAvroEncodingFormat(FormatConfig.from(formatOptions));
    }
}
