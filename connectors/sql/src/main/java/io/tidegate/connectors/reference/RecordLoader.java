package io.tidegate.connectors.reference;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.kafka.shaded.org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.TimestampData;
import org.apache.flink.table.functions.FunctionContext;
import org.apache.flink.util.SimpleUserCodeClassLoader;
import org.apache.flink.util.UserCodeClassLoader;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Puts the topic's records into the store. A record that is no version of its key is logged, counted and left out. */
final class RecordLoader {
    private static final Logger LOG = LoggerFactory.getLogger(RecordLoader.class);

    private final ReferenceLayout layout;
    private final DeserializationSchema<RowData> decoder;
    private final VersionStore store = new VersionStore();
    private final AtomicLong skipped = new AtomicLong();

    RecordLoader(ReferenceLayout layout, DeserializationSchema<RowData> decoder) {
        this.layout = layout;
        this.decoder = decoder;
    }

    static RecordLoader open(ReferenceLayout layout, DeserializationSchema<RowData> decoder, FunctionContext context)
            throws Exception {
        UserCodeClassLoader classLoader = SimpleUserCodeClassLoader.create(Thread.currentThread().getContextClassLoader());
        decoder.open(new DeserializationSchema.InitializationContext() {
            @Override
            public MetricGroup getMetricGroup() {
                return context.getMetricGroup();
            }

            @Override
            public UserCodeClassLoader getUserCodeClassLoader() {
                return classLoader;
            }
        });
        return new RecordLoader(layout, decoder);
    }

    VersionStore store() {
        return store;
    }

    long skippedCount() {
        return skipped.get();
    }

    /** @throws IOException if the format needs a server (the registry) that is out of reach */
    void load(ConsumerRecord<byte[], byte[]> record) throws IOException {
        if (record.key() == null) {
            skip(record, "it has no key");
        } else if (record.value() == null) {
            TimestampData time = TimestampData.fromEpochMillis(record.timestamp());
            store.put(StringData.fromBytes(record.key()), time, null, record.timestamp());
        } else {
            loadVersion(record, StringData.fromBytes(record.key()));
        }
    }

    private void loadVersion(ConsumerRecord<byte[], byte[]> record, StringData key) throws IOException {
        GenericRowData row = (GenericRowData) decoder.deserialize(record.value());
        int storedColumns = layout.columns().getFieldCount() - 1;
        if (row == null || row.getArity() > storedColumns && !row.isNullAt(storedColumns)) {
            skip(record, row == null ? "it does not decode" : "it does not decode: " + row.getString(storedColumns));
        } else if (!key.equals(keyOf(row))) {
            skip(record, "its Kafka key '" + key + "' is not the key in its value");
        } else if (row.isNullAt(layout.storedVersionTime())) {
            skip(record, "it has no version time");
        } else {
            TimestampData time = row.getTimestamp(layout.storedVersionTime(), layout.versionTimePrecision());
            store.put(key, time, row, record.timestamp());
        }
    }

    private StringData keyOf(GenericRowData row) {
        Object key = row.getField(layout.storedKey());
        return key == null ? null : ReferenceLayout.keyText(key);
    }

    private void skip(ConsumerRecord<byte[], byte[]> record, String reason) {
        skipped.incrementAndGet();
        LOG.warn("Left out {} partition {} offset {}: {}", record.topic(), record.partition(), record.offset(), reason);
    }
}
