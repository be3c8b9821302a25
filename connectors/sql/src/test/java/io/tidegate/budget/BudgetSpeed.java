package io.tidegate.budget;

import java.lang.management.ManagementFactory;
import java.lang.reflect.Field;
import java.util.List;
import java.util.Map;
import org.apache.flink.runtime.event.WatermarkEvent;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.Output;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.LatencyMarker;
import org.apache.flink.streaming.runtime.streamrecord.RecordAttributes;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.watermarkstatus.WatermarkStatus;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.apache.flink.table.data.GenericMapData;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.TimestampData;
import org.apache.flink.util.OutputTag;

/** CPU time that the budget's operator takes for a good record; a program to run by hand, not a test. */
public final class BudgetSpeed {
    private static final int ROUNDS = 8;
    private static final int RECORDS = 5_000_000;
    private static final int ROWS = 4096;
    private static final int PARTITIONS = 12;

    private BudgetSpeed() {}

    public static void main(String[] args) throws Exception {
        var budget = new ErrorBudget("clicks", 0.05, 1000, 300_000, 200, false, 0);
        var place = RecordPlace.of(List.of("_source_partition", "_source_offset", "_ingested_at", "_headers"));
        var operator = new BudgetOperator(budget, place, "speed");
        try (var harness = new OneInputStreamOperatorTestHarness<RowData, RowData>(operator, 1, 1, 0)) {
            harness.open();
            Field output = AbstractStreamOperator.class.getDeclaredField("output");
            output.setAccessible(true);
            output.set(harness.getOperator(), new Counted());
            for (int round = 0; round < ROUNDS; round++) {
                System.out.printf("%.1f ns%n", round((BudgetOperator) harness.getOperator()));
            }
        }
    }

    private static double round(BudgetOperator operator) throws Exception {
        RowData[] rows = new RowData[ROWS];
        for (int i = 0; i < ROWS; i++) {
            rows[i] = GenericRowData.of(
                    i % PARTITIONS, (long) i, TimestampData.fromEpochMillis(1), new GenericMapData(Map.of()));
        }
        StreamRecord<RowData> record = new StreamRecord<>(rows[0]);
        long begun = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
        for (int i = 0; i < RECORDS; i++) {
            operator.processElement(record.replace(rows[i & (ROWS - 1)]));
        }
        return (ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - begun) / (double) RECORDS;
    }

    /** What follows in the chain; the harness's own output copies each record. */
    private static final class Counted implements Output<StreamRecord<RowData>> {
        private long records;

        @Override
        public void collect(StreamRecord<RowData> record) {
            records += record.hasTimestamp() ? 2 : 1;
        }

        @Override
        public <X> void collect(OutputTag<X> tag, StreamRecord<X> record) {}

        @Override
        public void emitWatermark(Watermark mark) {}

        @Override
        public void emitWatermark(WatermarkEvent watermark) {}

        @Override
        public void emitWatermarkStatus(WatermarkStatus status) {}

        @Override
        public void emitLatencyMarker(LatencyMarker marker) {}

        @Override
        public void emitRecordAttributes(RecordAttributes attributes) {}

        @Override
        public void close() {}
    }
}
