package io.tidegate.connectors.avro;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.kafka.shaded.org.apache.kafka.clients.consumer.ConsumerInterceptor;
import org.apache.flink.kafka.shaded.org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.flink.kafka.shaded.org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.flink.kafka.shaded.org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.flink.kafka.shaded.org.apache.kafka.common.TopicPartition;
import org.apache.flink.kafka.shaded.org.apache.kafka.common.header.Header;

/**
 * Hands the format the header in which a record names its schema, in front of the record's value: a consumer's
 * {@code interceptor.classes}. A batch without such headers is passed on as it is.
 *
 * @see <a href="https://docs.confluent.io/platform/current/schema-registry/fundamentals/serdes-develop/index.html">Confluent:
 *     schema ids in headers</a>
 */
public final class SchemaIdHeaders implements ConsumerInterceptor<byte[], byte[]> {
    public static final String NAME = "__value_schema_id";

    @Override
    public ConsumerRecords<byte[], byte[]> onConsume(ConsumerRecords<byte[], byte[]> records) {
        for (ConsumerRecord<byte[], byte[]> record : records) {
            if (namesSchema(record)) {
                return marked(records);
            }
        }
        return records;
    }

    private static boolean namesSchema(ConsumerRecord<byte[], byte[]> record) {
        return record.value() != null && record.headers().lastHeader(NAME) != null;
    }

    private static ConsumerRecords<byte[], byte[]> marked(ConsumerRecords<byte[], byte[]> records) {
        Map<TopicPartition, List<ConsumerRecord<byte[], byte[]>>> marked = new HashMap<>();
        for (TopicPartition partition : records.partitions()) {
            marked.put(partition, records.records(partition).stream().map(SchemaIdHeaders::marked).toList());
        }
        return new ConsumerRecords<>(marked, records.nextOffsets());
    }

    private static ConsumerRecord<byte[], byte[]> marked(ConsumerRecord<byte[], byte[]> record) {
        if (!namesSchema(record)) {
            return record;
        }
        Header header = record.headers().lastHeader(NAME);
        return new ConsumerRecord<>(
                record.topic(), record.partition(), record.offset(), record.timestamp(), record.timestampType(),
                record.serializedKeySize(), record.serializedValueSize(), record.key(),
                HeaderFrame.marked(header.value(), record.value()), record.headers(), record.leaderEpoch(),
                record.deliveryCount());
    }

    @Override
    public void onCommit(Map<TopicPartition, OffsetAndMetadata> offsets) {}

    @Override
    public void close() {}

    @Override
    public void configure(Map<String, ?> configs) {}
}
