package io.tidegate.commits;

import java.util.function.Predicate;
import org.apache.flink.api.connector.sink2.Committer.CommitRequest;
import org.apache.flink.connector.kafka.sink.KafkaCommittable;
import org.apache.flink.kafka.shaded.org.apache.kafka.common.errors.InvalidPidMappingException;
import org.apache.flink.kafka.shaded.org.apache.kafka.common.errors.ProducerFencedException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A request whose refusal is no failure where the transaction was committed before, and never ends a job for good. */
final class CheckedRequest implements CommitRequest<KafkaCommittable> {
    private static final Logger LOG = LoggerFactory.getLogger(CheckedRequest.class);

    private final CommitRequest<KafkaCommittable> request;
    private final Predicate<KafkaCommittable> committed;

    /** @param committed whether a transaction that Kafka has refused to commit was committed before */
    CheckedRequest(CommitRequest<KafkaCommittable> request, Predicate<KafkaCommittable> committed) {
        this.request = request;
        this.committed = committed;
    }

    @Override
    public void signalFailedWithKnownReason(Throwable reason) {
        if (reason instanceof ProducerFencedException && committed.test(getCommittable())) {
            LOG.info("{} was committed before: nothing of it is lost", getCommittable());
            request.signalAlreadyCommitted();
        } else {
            request.signalFailedWithKnownReason(reason);
        }
    }

    @Override
    public KafkaCommittable getCommittable() {
        return request.getCommittable();
    }

    @Override
    public int getNumberOfRetries() {
        return request.getNumberOfRetries();
    }

    /**
     * Flink starts the job again, and the same commit fails again, without end where Kafka has forgotten the transaction. It
     * forgets one that has ended long ago, so nothing of it is open: it is a failure that the job goes on after.
     */
    @Override
    public void signalFailedWithUnknownReason(Throwable reason) {
        boolean restored = getCommittable().getProducer().isEmpty();
        if (restored && reason instanceof InvalidPidMappingException) {
            LOG.warn("Kafka knows nothing of {} any more: the proof tells whether it was committed", getCommittable());
            request.signalFailedWithKnownReason(reason);
        } else {
            request.signalFailedWithUnknownReason(reason);
        }
    }

    @Override
    public void retryLater() {
        request.retryLater();
    }

    @Override
    public void updateAndRetryLater(KafkaCommittable committable) {
        request.updateAndRetryLater(committable);
    }

    @Override
    public void signalAlreadyCommitted() {
        request.signalAlreadyCommitted();
    }

    @Override
    public String toString() {
        return request.toString();
    }
}
