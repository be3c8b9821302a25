package io.tidegate.connectors.bronze;

import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.table.connector.format.DecodingFormat;
import org.apache.flink.table.connector.source.DynamicTableSource;
import org.apache.flink.table.connector.source.ScanTableSource;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.factories.DeserializationFormatFactory;
import org.apache.flink.table.factories.DynamicTableSourceFactory;
import org.apache.flink.table.factories.FactoryUtil;

/** Finds the connector by its name in {@code WITH ('connector' = 'bronze', ...)}. */
public final class BronzeTableFactory implements DynamicTableSourceFactory {
    @Override
    public String factoryIdentifier() {
        return "bronze";
    }

    @Override
    public Set<ConfigOption<?>> requiredOptions() {
        return Set.of(BronzeOptions.VALUE_FORMAT, BronzeOptions.TABLE, BronzeOptions.SPANS);
    }

    @Override
    public Set<ConfigOption<?>> optionalOptions() {
        return Set.of();
    }

    @Override
    public DynamicTableSource createDynamicTableSource(Context context) {
        var helper = FactoryUtil.createTableFactoryHelper(this, context);
        DecodingFormat<DeserializationSchema<RowData>> format =
                helper.discoverDecodingFormat(DeserializationFormatFactory.class, BronzeOptions.VALUE_FORMAT);
        helper.validateExcept(BronzeOptions.LAKE_PREFIX);
        ReadableConfig options = helper.getOptions();
        OffsetSpans spans = OffsetSpans.parse(options.get(BronzeOptions.SPANS));
        ScanTableSource bytes = RawBytes.source(
                options.get(BronzeOptions.TABLE), catalog(context.getCatalogTable().getOptions()), spans, context);
        return new BronzeTableSource(bytes, spans, format, context.getPhysicalRowDataType());
    }

    private static Map<String, String> catalog(Map<String, String> options) {
        int prefixLength = BronzeOptions.LAKE_PREFIX.length();
        return options.entrySet().stream()
                .filter(option -> option.getKey().startsWith(BronzeOptions.LAKE_PREFIX))
                .collect(Collectors.toMap(option -> option.getKey().substring(prefixLength), Map.Entry::getValue));
    }
}
