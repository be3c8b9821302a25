package io.tidegate.connectors.reference;

import java.util.Collection;
import java.util.List;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.TimestampData;
import org.apache.flink.table.functions.FunctionContext;
import org.apache.flink.table.functions.LookupFunction;

/** Answers each lookup from memory; {@link #open} returns when the topic has been read to its end. */
public final class VersionedKafkaLookupFunction extends LookupFunction {
    private final ReferenceConfig config;
    private final DeserializationSchema<RowData> decoder;
    private final int keyPosition;
    private final int asOfPosition;

    private transient ReferenceTable table;
    private transient RowData.FieldGetter keyGetter;
    private transient Counter missed;

    /**
     * @param keyPosition where the lookup's key row has the key
     * @param asOfPosition where it has the time
     */
    VersionedKafkaLookupFunction(
            ReferenceConfig config, DeserializationSchema<RowData> decoder, int keyPosition, int asOfPosition) {
        this.config = config;
        this.decoder = decoder;
        this.keyPosition = keyPosition;
        this.asOfPosition = asOfPosition;
    }

    @Override
    public void open(FunctionContext context) throws Exception {
        keyGetter = config.layout().keyGetter(keyPosition);
        table = ReferenceTable.acquire(config, () -> RecordLoader.open(config.layout(), decoder, context));
        try {
            table.awaitCaughtUp(config.startupTimeout());
        } catch (Exception e) {
            close();
            throw e;
        }
        MetricGroup metrics = context.getMetricGroup();
        metrics.gauge("referenceKeys", (Gauge<Integer>) table::keyCount);
        metrics.gauge("referenceVersions", (Gauge<Integer>) table::versionCount);
        metrics.gauge("referenceRecordsSkipped", (Gauge<Long>) table::skippedCount);
        missed = metrics.addGroup("reference", config.topic()).counter("lookupsMissed");
    }

    @Override
    public Collection<RowData> lookup(RowData keyRow) {
        table.requireHealthy();
        if (keyRow.isNullAt(keyPosition) || keyRow.isNullAt(asOfPosition)) {
            return List.of();
        }
        TimestampData time = keyRow.getTimestamp(asOfPosition, config.layout().asOfPrecision());
        GenericRowData stored = table.asOf(ReferenceLayout.keyText(keyGetter.getFieldOrNull(keyRow)), time);
        if (stored == null) {
            missed.inc();
            return List.of();
        }
        return List.of(config.layout().answer(stored, time));
    }

    @Override
    public void close() {
        if (table != null) {
            table.release();
            table = null;
        }
    }
}
