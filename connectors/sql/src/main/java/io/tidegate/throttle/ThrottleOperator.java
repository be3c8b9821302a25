package io.tidegate.throttle;

import java.util.concurrent.TimeUnit;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.table.data.RowData;

/**
 * Hands every record on, no more than so many a second of all parallel parts together. Meanwhile the task waits, and with it
 * the source before it in the chain: nothing is read ahead but what the source has fetched.
 */
final class ThrottleOperator extends AbstractStreamOperator<RowData> implements OneInputStreamOperator<RowData, RowData> {
    private static final long serialVersionUID = 1L;
    private static final long WORTH_WAITING_NS = 1_000_000;

    private final double perSecond;

    private transient Pace pace;

    ThrottleOperator(double perSecond) {
        this.perSecond = perSecond;
    }

    @Override
    public void open() throws Exception {
        super.open();
        pace = new Pace(perSecond / getRuntimeContext().getTaskInfo().getNumberOfParallelSubtasks());
    }

    @Override
    public void processElement(StreamRecord<RowData> element) throws Exception {
        long waitNs = pace.waitNs(System.nanoTime());
        if (waitNs >= WORTH_WAITING_NS) {
            TimeUnit.NANOSECONDS.sleep(waitNs);
        }
        output.collect(element);
    }
}
