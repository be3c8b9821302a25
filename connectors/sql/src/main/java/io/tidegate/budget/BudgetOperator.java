package io.tidegate.budget;

import io.tidegate.functions.SignedCopies;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeutils.base.array.LongPrimitiveArraySerializer;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.table.data.RowData;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands every record on, counts which of them became dead letters meanwhile, and tells or ends the job past the budget.
 *
 * <p>It must be chained with what makes the dead letters. The share is that of all parallel parts together. It is looked at
 * every second and before each checkpoint: so no checkpoint, and no transaction, holds what came past a budget that stops.
 */
final class BudgetOperator extends AbstractStreamOperator<RowData> implements OneInputStreamOperator<RowData, RowData> {
    private static final long serialVersionUID = 1L;
    private static final Logger LOG = LoggerFactory.getLogger(BudgetOperator.class);
    private static final long EVERY_MS = 1000;

    private final ErrorBudget budget;
    private final RecordPlace place;
    private final String scope;
    private final String secret;

    private transient SignedCopies copies;
    private transient BudgetCounts counts;
    private transient Letters letters;
    private transient ListState<long[]> windowState;
    private transient ListState<long[]> runState;
    private transient ListState<long[]> acceptedState;
    private transient long acceptedUntilMs;
    private transient long[] totals;
    private transient String lastCause;
    private transient boolean ratioIsPassed;
    private transient boolean runIsPassed;

    /** @param scope name of what its parallel parts count together */
    BudgetOperator(ErrorBudget budget, RecordPlace place, String scope) {
        this(budget, place, scope, null);
    }

    /** With this key of redrives instead of that of the environment. */
    BudgetOperator(ErrorBudget budget, RecordPlace place, String scope, String secret) {
        this.budget = budget;
        this.place = place;
        this.scope = scope;
        this.secret = secret;
    }

    @Override
    public void initializeState(StateInitializationContext context) throws Exception {
        super.initializeState(context);
        windowState = context.getOperatorStateStore().getListState(described("error-budget-window"));
        runState = context.getOperatorStateStore().getUnionListState(described("error-budget-runs"));
        acceptedState = context.getOperatorStateStore().getUnionListState(described("error-budget-accepted"));
        counts = new BudgetCounts(budget.windowMs());
        for (long[] until : acceptedState.get()) {
            acceptedUntilMs = Math.max(acceptedUntilMs, until[0]);
        }
        boolean isReset = budget.acceptedUntilMs() > acceptedUntilMs;
        acceptedUntilMs = Math.max(acceptedUntilMs, budget.acceptedUntilMs());
        if (!isReset) {
            restoreCounts();
        }
    }

    private void restoreCounts() throws Exception {
        long nowMs = getProcessingTimeService().getCurrentProcessingTime();
        counts.advance(nowMs);
        for (long[] part : windowState.get()) {
            counts.addWindow(part, nowMs);
        }
        for (long[] run : runState.get()) {
            counts.addRun(run);
        }
    }

    @Override
    public void open() throws Exception {
        super.open();
        copies = secret != null ? new SignedCopies(secret) : SignedCopies.ofEnvironment();
        counts.advance(getProcessingTimeService().getCurrentProcessingTime());
        totals = new long[] {counts.records(), counts.letters()};
        lastCause = "";
        MetricGroup group = getMetricGroup().addGroup("dataset", budget.dataset());
        group.gauge("errorBudgetRatio", () -> totals[0] == 0 ? 0.0 : (double) totals[1] / totals[0]);
        group.gauge("errorBudgetConsecutive", this::longestRun);
        group.gauge("errorBudgetPassed", () -> ratioIsPassed || runIsPassed ? 1 : 0);
        lookAgain(getProcessingTimeService().getCurrentProcessingTime());
    }

    @Override
    public void processElement(StreamRecord<RowData> element) throws Exception {
        if (letters == null) {
            letters = Letters.ofThread();
            letters.hear();
        }
        RowData row = element.getValue();
        int partition = place.partition(row);
        long offset = place.offset(row);
        // What an expression throws goes by, to the decoder, which hands the record on once more: it counts then.
        output.collect(element);
        if (acceptedUntilMs > 0 && place.arrivedMs(row) < acceptedUntilMs) {
            if (!letters.isEmpty()) {
                letters.take();
            }
            return;
        }
        long before = counts.previous(partition);
        counts.record(partition, offset);
        if (!letters.isEmpty()) {
            count(letters.take(), row, offset, before);
        }
    }

    /** Those of other records are of functions in Python, which answer later. */
    private void count(List<Letters.Letter> told, RowData row, long offset, long before) throws BudgetPassed {
        for (Letters.Letter letter : told) {
            boolean isThis = letter.offset() == offset;
            if (isThis && place.isRedriven(row, copies)) {
                continue;
            }
            lastCause = letter.rules().isEmpty() ? letter.cause() : letter.cause() + " (" + letter.rules() + ")";
            lastCause += " at partition " + letter.partition() + ", offset " + letter.offset();
            long run = counts.letter(letter.partition(), letter.offset(), isThis ? before : -1);
            if (run > budget.maxConsecutive() && !runIsPassed) {
                runIsPassed = true;
                act(budget.consecutivePassed(letter.partition(), run).orElseThrow());
            }
        }
    }

    @Override
    public void prepareSnapshotPreBarrier(long checkpointId) throws Exception {
        look();
    }

    @Override
    public void snapshotState(StateSnapshotContext context) throws Exception {
        super.snapshotState(context);
        counts.advance(getProcessingTimeService().getCurrentProcessingTime());
        windowState.update(counts.window());
        runState.update(counts.runs());
        acceptedState.update(List.of(new long[] {acceptedUntilMs}));
    }

    private void lookAgain(long nowMs) {
        getProcessingTimeService().registerTimer(nowMs + EVERY_MS, timeMs -> {
            look();
            lookAgain(getProcessingTimeService().getCurrentProcessingTime());
        });
    }

    private void look() throws Exception {
        counts.advance(getProcessingTimeService().getCurrentProcessingTime());
        totals = together(counts.records(), counts.letters());
        Optional<String> ratio = budget.ratioPassed(totals[0], totals[1]);
        boolean isNew = ratio.isPresent() && !ratioIsPassed;
        ratioIsPassed = ratio.isPresent();
        runIsPassed = runIsPassed && longestRun() > budget.maxConsecutive();
        if (isNew || (ratio.isPresent() && budget.stops())) {
            act(ratio.get());
        }
    }

    private long[] together(long records, long dead) throws IOException {
        if (getRuntimeContext().getTaskInfo().getNumberOfParallelSubtasks() == 1) {
            return new long[] {records, dead};
        }
        long[] told = {getRuntimeContext().getTaskInfo().getIndexOfThisSubtask(), records, dead};
        return getRuntimeContext().getGlobalAggregateManager().updateGlobalAggregate(scope, told, new BudgetTotals());
    }

    private void act(String why) throws BudgetPassed {
        String last = lastCause.isEmpty() ? "" : "; the last one: " + lastCause;
        String line = "The error budget of " + budget.dataset() + " is passed: " + why + last;
        if (budget.stops()) {
            throw new BudgetPassed(line);
        }
        LOG.warn("{}.", line);
    }

    private long longestRun() {
        long longest = 0;
        for (int partition = 0; partition < counts.partitions(); partition++) {
            longest = Math.max(longest, counts.inARow(partition));
        }
        return longest;
    }

    private static ListStateDescriptor<long[]> described(String name) {
        return new ListStateDescriptor<>(name, LongPrimitiveArraySerializer.INSTANCE);
    }
}
