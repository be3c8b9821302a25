package io.tidegate.connectors.bronze;

import io.tidegate.common.LakeOptions;
import java.util.Map;
import java.util.Set;
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
        helper.validateExcept(LakeOptions.PREFIX);
        ReadableConfig options = helper.getOptions();
        OffsetSpans spans = OffsetSpans.parse(options.get(BronzeOptions.SPANS));
        Map<String, String> catalog = LakeOptions.of(context.getCatalogTable().getOptions());
        ScanTableSource bytes = RawBytes.source(options.get(BronzeOptions.TABLE), catalog, spans, context);
        return new BronzeTableSource(bytes, spans, format, context.getPhysicalRowDataType());
    }
}
