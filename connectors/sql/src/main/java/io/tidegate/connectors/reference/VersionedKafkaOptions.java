package io.tidegate.connectors.reference;

import java.time.Duration;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;

/** Options of connector {@code versioned-kafka}; {@code properties.*} go to the Kafka client as they are. */
final class VersionedKafkaOptions {
    static final String PROPERTIES_PREFIX = "properties.";

    static final ConfigOption<String> TOPIC =
            ConfigOptions.key("topic").stringType().noDefaultValue().withDescription("The reference topic.");

    static final ConfigOption<String> BOOTSTRAP_SERVERS = ConfigOptions.key(PROPERTIES_PREFIX + "bootstrap.servers")
            .stringType()
            .noDefaultValue()
            .withDescription("Kafka brokers, separated by commas.");

    static final ConfigOption<String> KEY = ConfigOptions.key("key")
            .stringType()
            .noDefaultValue()
            .withDescription("STRING column that repeats the Kafka key (plain UTF-8).");

    static final ConfigOption<String> VERSION_TIME = ConfigOptions.key("version-time")
            .stringType()
            .noDefaultValue()
            .withDescription("TIMESTAMP_LTZ column that says from when a version holds.");

    static final ConfigOption<String> AS_OF = ConfigOptions.key("as-of")
            .stringType()
            .noDefaultValue()
            .withDescription("TIMESTAMP_LTZ column that is in no record: the join says by it as of when it asks.");

    static final ConfigOption<Duration> STARTUP_TIMEOUT = ConfigOptions.key("lookup.startup-timeout")
            .durationType()
            .defaultValue(Duration.ofMinutes(2))
            .withDescription("How long reading the topic to its end may take before the first answer.");

    static final ConfigOption<Duration> KEPT = ConfigOptions.key("lookup.versions-kept")
            .durationType()
            .defaultValue(Duration.ofDays(7))
            .withDescription("How long after its arrival a version that is not the newest one is kept in memory. No longer than"
                    + " the topic's min.compaction.lag.ms, an answer does not depend on when the topic was compacted.");

    private VersionedKafkaOptions() {}
}
