package io.tidegate.commits;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Predicate;
import org.apache.flink.api.connector.sink2.Committer;
import org.apache.flink.connector.kafka.sink.KafkaCommittable;

/**
 * Commits as Kafka's committer does, and tells its refusals apart.
 *
 * <p>A restored transaction is committed once more by the first version of Kafka's protocol, which the broker refuses
 * (PRODUCER_FENCED) where it was committed by the second before its job ended, as it is where it was rolled back.
 */
@SuppressWarnings("try") // as of Flink's own, its end may be interrupted
final class CheckedCommitter implements Committer<KafkaCommittable> {
    private final Committer<KafkaCommittable> committer;
    private final Predicate<KafkaCommittable> committed;

    /** @param committed whether a transaction that Kafka has refused to commit was committed before */
    CheckedCommitter(Committer<KafkaCommittable> committer, Predicate<KafkaCommittable> committed) {
        this.committer = committer;
        this.committed = committed;
    }

    @Override
    public void commit(Collection<CommitRequest<KafkaCommittable>> requests) throws IOException, InterruptedException {
        List<CommitRequest<KafkaCommittable>> checked = new ArrayList<>(requests.size());
        for (CommitRequest<KafkaCommittable> request : requests) {
            checked.add(new CheckedRequest(request, committed));
        }
        committer.commit(checked);
    }

    @Override
    public void close() throws Exception {
        committer.close();
    }
}
