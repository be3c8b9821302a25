package io.tidegate.commits;

import java.util.List;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.function.Predicate;
import org.apache.flink.connector.kafka.sink.KafkaCommittable;
import org.apache.flink.kafka.shaded.org.apache.kafka.clients.admin.Admin;
import org.apache.flink.kafka.shaded.org.apache.kafka.clients.admin.DescribeTransactionsOptions;
import org.apache.flink.kafka.shaded.org.apache.kafka.clients.admin.TransactionDescription;
import org.apache.flink.kafka.shaded.org.apache.kafka.clients.admin.TransactionState;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks Kafka's coordinator whether a transaction was committed; where it can't be told, it was not. */
final class TransactionFate implements Predicate<KafkaCommittable> {
    private static final Logger LOG = LoggerFactory.getLogger(TransactionFate.class);

    private final Properties connection;
    private final int timeoutMs;

    /**
     * @param connection a Kafka client's properties
     * @param timeoutMs for an answer
     */
    TransactionFate(Properties connection, int timeoutMs) {
        this.connection = connection;
        this.timeoutMs = timeoutMs;
    }

    @Override
    public boolean test(KafkaCommittable committable) {
        String id = committable.getTransactionalId();
        try (Admin admin = Admin.create(connection)) {
            DescribeTransactionsOptions options = new DescribeTransactionsOptions().timeoutMs(timeoutMs);
            TransactionDescription found =
                    admin.describeTransactions(List.of(id), options).description(id).get();
            LOG.info("{} is {}", committable, found);
            return isCommitted(committable, found);
        } catch (ExecutionException unknown) {
            LOG.warn("Kafka does not tell what became of {}", committable, unknown.getCause());
            return false;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /**
     * Whether the last thing that happened under the id is that this transaction was committed.
     *
     * <p>By the second version of Kafka's protocol the end of a transaction makes the epoch one more. Whoever has begun anew
     * under the id since, or ended another one, has left another epoch or state: then it can't be told any more.
     */
    static boolean isCommitted(KafkaCommittable committable, TransactionDescription found) {
        TransactionState state = found.state();
        return (state == TransactionState.COMPLETE_COMMIT || state == TransactionState.PREPARE_COMMIT)
                && found.producerId() == committable.getProducerId()
                && found.producerEpoch() == committable.getEpoch() + 1;
    }
}
