package io.tidegate.connectors.reference;

import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
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
import org.apache.flink.table.types.DataType;
import org.apache.flink.table.types.logical.LogicalTypeRoot;

/** Finds the connector by its name in {@code WITH ('connector' = 'versioned-kafka', ...)}. */
public final class VersionedKafkaTableFactory implements DynamicTableSourceFactory {
    private static final Set<LogicalTypeRoot> KEY_TYPES =
            Set.of(LogicalTypeRoot.VARCHAR, LogicalTypeRoot.INTEGER, LogicalTypeRoot.BIGINT);
    private static final Set<LogicalTypeRoot> TIME_TYPES = Set.of(LogicalTypeRoot.TIMESTAMP_WITH_LOCAL_TIME_ZONE);

    @Override
    public String factoryIdentifier() {
        return "versioned-kafka";
    }

    @Override
    public Set<ConfigOption<?>> requiredOptions() {
        return Set.of(
                VersionedKafkaOptions.TOPIC,
                VersionedKafkaOptions.BOOTSTRAP_SERVERS,
                VersionedKafkaOptions.KEY,
                VersionedKafkaOptions.VERSION_TIME,
                VersionedKafkaOptions.AS_OF,
                FactoryUtil.FORMAT);
    }

    @Override
    public Set<ConfigOption<?>> optionalOptions() {
        return Set.of(VersionedKafkaOptions.STARTUP_TIMEOUT, VersionedKafkaOptions.KEPT);
    }

    @Override
    public DynamicTableSource createDynamicTableSource(Context context) {
        var helper = FactoryUtil.createTableFactoryHelper(this, context);
        DecodingFormat<DeserializationSchema<RowData>> format =
                helper.discoverDecodingFormat(DeserializationFormatFactory.class, FactoryUtil.FORMAT);
        helper.validateExcept(VersionedKafkaOptions.PROPERTIES_PREFIX);

        ReadableConfig options = helper.getOptions();
        DataType columns = context.getPhysicalRowDataType();
        requireColumn(columns, options, VersionedKafkaOptions.KEY, KEY_TYPES);
        requireColumn(columns, options, VersionedKafkaOptions.VERSION_TIME, TIME_TYPES);
        requireColumn(columns, options, VersionedKafkaOptions.AS_OF, TIME_TYPES);
        ReferenceLayout layout = ReferenceLayout.of(
                columns,
                options.get(VersionedKafkaOptions.KEY),
                options.get(VersionedKafkaOptions.VERSION_TIME),
                options.get(VersionedKafkaOptions.AS_OF));
        Map<String, String> tableOptions = Map.copyOf(context.getCatalogTable().getOptions());
        ReferenceConfig config = new ReferenceConfig(
                options.get(VersionedKafkaOptions.TOPIC),
                kafkaProperties(tableOptions),
                options.get(VersionedKafkaOptions.STARTUP_TIMEOUT),
                options.get(VersionedKafkaOptions.KEPT),
                tableOptions,
                layout);
        return new VersionedKafkaTableSource(config, format, columns);
    }

    private static void requireColumn(
            DataType columns, ReadableConfig options, ConfigOption<String> option, Set<LogicalTypeRoot> types) {
        String name = options.get(option);
        int index = DataType.getFieldNames(columns).indexOf(name);
        if (index < 0
                || !types.contains(DataType.getFieldDataTypes(columns).get(index).getLogicalType().getTypeRoot())) {
            throw new ValidationException(
                    "Option '" + option.key() + "' names '" + name + "', which must be a column of type "
                            + types.stream().map(Enum::name).sorted().collect(Collectors.joining(" or ")) + ".");
        }
    }

    private static Map<String, String> kafkaProperties(Map<String, String> options) {
        int prefixLength = VersionedKafkaOptions.PROPERTIES_PREFIX.length();
        return options.entrySet().stream()
                .filter(option -> option.getKey().startsWith(VersionedKafkaOptions.PROPERTIES_PREFIX))
                .collect(Collectors.toMap(option -> option.getKey().substring(prefixLength), Map.Entry::getValue));
    }
}
