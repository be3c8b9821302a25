package io.tidegate.connectors.bronze;

import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;

/** Options of {@code WITH ('connector' = 'bronze', ...)}. */
final class BronzeOptions {
    static final ConfigOption<String> VALUE_FORMAT = ConfigOptions.key("value.format")
            .stringType()
            .noDefaultValue()
            .withDescription("The format of the raw records.");
    static final ConfigOption<String> TABLE = ConfigOptions.key("table")
            .stringType()
            .noDefaultValue()
            .withDescription("The table of raw bytes, such as bronze.clicks; the catalog's options begin with 'lake.'.");
    static final ConfigOption<String> SPANS = ConfigOptions.key("spans")
            .stringType()
            .noDefaultValue()
            .withDescription("What is read of each partition, the end exclusive: 0:100-200;1:0-50.");

    private BronzeOptions() {}
}
