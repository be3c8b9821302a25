package io.tidegate.common;

import java.lang.reflect.Field;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;
import org.apache.flink.api.dag.Transformation;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.transformations.OneInputTransformation;
import org.apache.flink.streaming.api.transformations.PartitionTransformation;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.runtime.typeutils.InternalTypeInfo;

/**
 * Puts an operator between one that SQL was planned to and all that read from it.
 *
 * <p>The planned operators are not public to be read from by others than the planned ones, so that their field is set.
 */
public final class Placement {
    private final Set<Transformation<?>> all;
    private final Transformation<RowData> before;

    /** @param uid of the operator that the new one stands behind */
    @SuppressWarnings("unchecked")
    public Placement(StreamExecutionEnvironment environment, String uid) {
        all = all(environment);
        before = (Transformation<RowData>) all.stream()
                .filter(each -> uid.equals(each.getUid()))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no operator " + uid));
    }

    /** Of the rows that the operator gives. */
    public InternalTypeInfo<RowData> type() {
        return (InternalTypeInfo<RowData>) before.getOutputType();
    }

    /**
     * @param own uid of the operator that is put in
     * @return how many operators read from it now
     */
    public int put(String name, String own, OneInputStreamOperator<RowData, RowData> operator) {
        OneInputTransformation<RowData, RowData> put =
                new OneInputTransformation<>(before, name, operator, type(), before.getParallelism(), false);
        put.setUid(own);
        int readers = 0;
        for (Transformation<?> each : all) {
            if (each.getInputs().contains(before)) {
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
