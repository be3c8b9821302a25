package io.tidegate.connectors.reference;

import java.io.Serializable;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import org.apache.flink.kafka.shaded.org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.flink.kafka.shaded.org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * What a reference table is. Equal configurations share one copy in memory.
 *
 * @param kept for how long after its arrival a version that is not the newest is surely kept
 * @param tableOptions all options of the table, so that tables that differ in any (say, the schema) are not equal
 */
record ReferenceConfig(
        String topic,
        Map<String, String> kafkaProperties,
        Duration startupTimeout,
        Duration kept,
        Map<String, String> tableOptions,
        ReferenceLayout layout)
        implements Serializable {

    Properties consumerProperties() {
        Properties properties = new Properties();
        properties.putAll(kafkaProperties);
        properties.put(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class.getName());
        properties.put(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class.getName());
        properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
        properties.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, "false");
        return properties;
    }
}
