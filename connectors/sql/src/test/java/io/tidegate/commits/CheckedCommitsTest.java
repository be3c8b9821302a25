package io.tidegate.commits;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.Set;
import org.apache.flink.api.common.serialization.SimpleStringSchema;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.runtime.jobgraph.JobVertex;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.flink.streaming.api.transformations.SinkTransformation;
import org.apache.flink.util.InstantiationUtil;
import org.junit.jupiter.api.Test;

class CheckedCommitsTest {
    @Test
    void changesEachSinkOfKafkaOnce() throws Exception {
        StreamExecutionEnvironment environment = environment();

        assertEquals(1, CheckedCommits.of(environment));
        assertEquals(0, CheckedCommits.of(environment));

        long checked = 0;
        for (var each : environment.getTransformations()) {
            var sink = ((SinkTransformation<?, ?>) each).getSink();
            checked += InstantiationUtil.clone(sink) instanceof CheckedSink<?> ? 1 : 0;
        }
        assertEquals(1, checked);
        assertInstanceOf(DiscardingSink.class, ((SinkTransformation<?, ?>) environment.getTransformations().get(1)).getSink());
    }

    @Test
    void leavesTheNamesOfOperatorsByWhichStateIsFound() {
        StreamExecutionEnvironment changed = environment();
        CheckedCommits.of(changed);

        Set<String> operators = operators(environment());

        assertTrue(operators.stream().anyMatch(each -> each.contains("Committer")), operators::toString);
        assertEquals(operators, operators(changed));
    }

    private static StreamExecutionEnvironment environment() {
        StreamExecutionEnvironment environment = StreamExecutionEnvironment.getExecutionEnvironment(new Configuration());
        environment.enableCheckpointing(1000);
        var rows = environment.fromData("a").uid("rows");
        rows.sinkTo(KafkaSink.<String>builder()
                        .setBootstrapServers("127.0.0.1:1")
                        .setDeliveryGuarantee(DeliveryGuarantee.EXACTLY_ONCE)
                        .setTransactionalIdPrefix("refine-silver-clicks")
                        .setRecordSerializer(KafkaRecordSerializationSchema.<String>builder()
                                .setTopic("silver.clicks")
                                .setValueSerializationSchema(new SimpleStringSchema())
                                .build())
                        .build())
                .uid("silver");
        rows.sinkTo(new DiscardingSink<>()).uid("nothing");
        return environment;
    }

    private static Set<String> operators(StreamExecutionEnvironment environment) {
        Set<String> found = new HashSet<>();
        for (JobVertex vertex : environment.getStreamGraph().getJobGraph().getVertices()) {
            vertex.getOperatorIDs().forEach(each -> found.add(vertex.getName() + " " + each.getGeneratedOperatorID()));
        }
        return found;
    }
}
