package io.tidegate.commits;

import java.lang.reflect.Field;
import java.util.Properties;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.dag.Transformation;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.transformations.SinkTransformation;

/**
 * Has the Kafka sinks of planned SQL tell what was committed before from what is lost.
 *
 * <p>Neither a planned sink nor the connection of Kafka's is public, so that their fields are set and read.
 */
public final class CheckedCommits {
    private CheckedCommits() {}

    /** @return how many sinks were changed; those that were before are not counted */
    public static int of(StreamExecutionEnvironment environment) {
        int changed = 0;
        for (Transformation<?> each : environment.getTransformations()) {
            if (each instanceof SinkTransformation<?, ?> planned && planned.getSink() instanceof KafkaSink<?> sink) {
                check(planned, sink);
                changed++;
            }
        }
        return changed;
    }

    private static <T> void check(SinkTransformation<?, ?> planned, KafkaSink<T> sink) {
        try {
            Properties connection = (Properties) field(KafkaSink.class, "kafkaProducerConfig").get(sink);
            Sink<T> checked = new CheckedSink<>(sink, connection);
            field(SinkTransformation.class, "sink").set(planned, checked);
        } catch (ReflectiveOperationException | IllegalArgumentException wrong) {
            throw new IllegalStateException("Flink's " + planned + " can't be given another sink", wrong);
        }
    }

    private static Field field(Class<?> owner, String name) throws NoSuchFieldException {
        Field field = owner.getDeclaredField(name);
        field.setAccessible(true);
        return field;
    }
}
