package io.tidegate.budget;

import java.lang.reflect.Field;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;
import org.apache.flink.api.dag.Transformation;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.transformations.OneInputTransformation;
import org.apache.flink.streaming.api.transformations.PartitionTransformation;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.runtime.typeutils.InternalTypeInfo;
import org.apache.flink.table.types.logical.RowType;

/**
 * Puts the operator that counts between an operator that SQL was planned to and all that read from it.
 *
 * <p>SQL has no operator that keeps state of a stream without an exchange, and an exchange would end the chain. The planned
 * operators are not public to be read from by others than the planned ones, so that their field is set.
 */
public final class BudgetPlacement {
    private BudgetPlacement() {}

    /**
     * @param uid of the operator after which records are counted; its rows have the coordinates of their records
     * @param own uid of the operator that is put in
     * @return how many operators read from it now
     */
    @SuppressWarnings("unchecked")
    public static int after(
            StreamExecutionEnvironment environment, String uid, String own, ErrorBudget budget, String redriveHeader) {
        Set<Transformation<?>> all = all(environment);
        Transformation<RowData> counted = (Transformation<RowData>) all.stream()
                .filter(each -> uid.equals(each.getUid()))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no operator " + uid));
        InternalTypeInfo<RowData> type = (InternalTypeInfo<RowData>) counted.getOutputType();
        RecordPlace place = RecordPlace.of(((RowType) type.toLogicalType()).getFieldNames(), redriveHeader);
        OneInputTransformation<RowData, RowData> put = new OneInputTransformation<>(
                counted, "error_budget", new BudgetOperator(budget, place, own), type, counted.getParallelism(), false);
        put.setUid(own);
        int readers = 0;
        for (Transformation<?> each : all) {
            if (each.getInputs().contains(counted)) {
                setInput(each, put);
                readers++;
            }
        }
        return readers;
    }

    private static Set<Transformation<?>> all(StreamExecutionEnvironment environment) {
        Set<Transformation<?>> seen = new HashSet<>();
        Deque<Transformation<?>> pending = new ArrayDeque<>(environment.getTransformations());
        while (!pending.isEmpty()) {
            Transformation<?> next = pending.remove();
            if (seen.add(next)) {
                pending.addAll(next.getInputs());
            }
        }
        return seen;
    }

    private static void setInput(Transformation<?> reader, Transformation<RowData> input) {
        Class<?> kind = reader instanceof PartitionTransformation ? PartitionTransformation.class : OneInputTransformation.class;
        try {
            Field field = kind.getDeclaredField("input");
            field.setAccessible(true);
            field.set(reader, input);
        } catch (ReflectiveOperationException | IllegalArgumentException wrong) {
            throw new IllegalStateException("Flink's " + reader + " can't be given another input", wrong);
        }
    }
}
