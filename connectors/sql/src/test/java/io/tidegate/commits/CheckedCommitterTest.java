package io.tidegate.commits;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Properties;
import java.util.function.Consumer;
import org.apache.flink.api.connector.sink2.Committer;
import org.apache.flink.api.connector.sink2.Committer.CommitRequest;
import org.apache.flink.connector.kafka.sink.KafkaCommittable;
import org.apache.flink.connector.kafka.sink.internal.FlinkKafkaInternalProducer;
import org.apache.flink.kafka.shaded.org.apache.kafka.common.errors.InvalidPidMappingException;
import org.apache.flink.kafka.shaded.org.apache.kafka.common.errors.InvalidTxnStateException;
import org.apache.flink.kafka.shaded.org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.flink.kafka.shaded.org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

class CheckedCommitterTest {
    private static final KafkaCommittable COMMITTABLE = new KafkaCommittable(7, (short) 3, "refine-silver-clicks-0-421", null);

    private final Heard heard = new Heard();

    @Test
    void aRefusalOfWhatWasCommittedBeforeIsNoFailure() throws Exception {
        commit(request -> request.signalFailedWithKnownReason(new ProducerFencedException("fenced")), true);
        assertEquals(List.of("already committed"), heard.signals);
    }

    @Test
    void aRefusalOfWhatWasNotIsOne() throws Exception {
        commit(request -> request.signalFailedWithKnownReason(new ProducerFencedException("fenced")), false);
        assertEquals(List.of("failed: fenced"), heard.signals);
    }

    @Test
    void anotherFailureIsOneWhateverKafkaHasOfTheTransaction() throws Exception {
        commit(request -> request.signalFailedWithKnownReason(new InvalidTxnStateException("rolled back")), true);
        commit(request -> request.signalFailedWithUnknownReason(new IllegalStateException("no broker")), true);
        assertEquals(List.of("failed: rolled back", "unknown: no broker"), heard.signals);
    }

    @Test
    void aRestoredOneThatKafkaHasForgottenFailsOnceAndNotAgainAndAgain() throws Exception {
        var forgotten = new InvalidPidMappingException("no such producer id");
        commit(request -> request.signalFailedWithUnknownReason(forgotten), true);
        assertEquals(List.of("failed: no such producer id"), heard.signals);
    }

    @Test
    void oneOfARunningJobThatKafkaHasForgottenIsTriedAgain() throws Exception {
        try (var live = new FlinkKafkaInternalProducer<byte[], byte[]>(connection())) {
            heard.committable = new KafkaCommittable(7, (short) 3, "refine-silver-clicks-0-421", live);
            var forgotten = new InvalidPidMappingException("no such producer id");
            commit(request -> request.signalFailedWithUnknownReason(forgotten), true);
        }
        assertEquals(List.of("unknown: no such producer id"), heard.signals);
    }

    @Test
    void whatIsCommittedOrTriedAgainIsHandedOn() throws Exception {
        commit(request -> {}, true);
        commit(CommitRequest::retryLater, true);
        commit(request -> request.updateAndRetryLater(request.getCommittable()), true);
        commit(CommitRequest::signalAlreadyCommitted, false);
        commit(request -> heard.signals.add(request + " " + request.getNumberOfRetries()), false);
        assertEquals(List.of("later", "later: " + COMMITTABLE, "already committed", "the request 2"), heard.signals);
    }

    @Test
    void itIsClosedAndFailsAsKafkasOwn() {
        IllegalStateException broken = new IllegalStateException("broken");
        Committer<KafkaCommittable> own = new Own(request -> {
            throw broken;
        });
        CheckedCommitter checked = new CheckedCommitter(own, any -> true);
        assertEquals(broken, assertThrows(IllegalStateException.class, () -> checked.commit(List.of(heard))));
        assertEquals("closed", assertThrows(IllegalStateException.class, checked::close).getMessage());
    }

    private void commit(Consumer<CommitRequest<KafkaCommittable>> does, boolean committed) throws Exception {
        new CheckedCommitter(new Own(does), any -> committed).commit(List.of(heard));
    }

    private static Properties connection() {
        Properties nowhere = new Properties();
        nowhere.setProperty("bootstrap.servers", "127.0.0.1:1");
        nowhere.setProperty("key.serializer", ByteArraySerializer.class.getName());
        nowhere.setProperty("value.serializer", ByteArraySerializer.class.getName());
        return nowhere;
    }

    private record Own(Consumer<CommitRequest<KafkaCommittable>> does) implements Committer<KafkaCommittable> {
        @Override
        public void commit(Collection<CommitRequest<KafkaCommittable>> requests) {
            requests.forEach(does);
        }

        @Override
        public void close() {
            throw new IllegalStateException("closed");
        }
    }

    /** A request of Flink's, and what it was told. */
    private static final class Heard implements CommitRequest<KafkaCommittable> {
        final List<String> signals = new ArrayList<>();
        KafkaCommittable committable = COMMITTABLE;

        @Override
        public KafkaCommittable getCommittable() {
            return committable;
        }

        @Override
        public int getNumberOfRetries() {
            return 2;
        }

        @Override
        public void signalFailedWithKnownReason(Throwable reason) {
            signals.add("failed: " + reason.getMessage());
        }

        @Override
        public void signalFailedWithUnknownReason(Throwable reason) {
            signals.add("unknown: " + reason.getMessage());
        }

        @Override
        public void retryLater() {
            signals.add("later");
        }

        @Override
        public void updateAndRetryLater(KafkaCommittable committable) {
            signals.add("later: " + committable);
        }

        @Override
        public void signalAlreadyCommitted() {
            signals.add("already committed");
        }

        @Override
        public String toString() {
            return "the request";
        }
    }
}
