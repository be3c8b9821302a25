package io.tidegate.commits;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.OptionalLong;
import java.util.Properties;
import java.util.Set;
import org.apache.flink.connector.kafka.sink.KafkaCommittable;
import org.apache.flink.kafka.shaded.org.apache.kafka.clients.admin.TransactionDescription;
import org.apache.flink.kafka.shaded.org.apache.kafka.clients.admin.TransactionState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TransactionFateTest {
    private static final KafkaCommittable COMMITTABLE = new KafkaCommittable(7, (short) 3, "refine-silver-clicks-0-421", null);
    private static final Set<TransactionState> COMMITTED =
            Set.of(TransactionState.COMPLETE_COMMIT, TransactionState.PREPARE_COMMIT);

    @ParameterizedTest
    @EnumSource(TransactionState.class)
    void onlyACommitIsOne(TransactionState state) {
        assertEquals(COMMITTED.contains(state), TransactionFate.isCommitted(COMMITTABLE, found(state, 7, 4)));
    }

    @Test
    void theCommitOfAnotherTransactionUnderTheSameIdTellsNothing() {
        assertFalse(TransactionFate.isCommitted(COMMITTABLE, found(TransactionState.COMPLETE_COMMIT, 8, 4)));
        assertFalse(TransactionFate.isCommitted(COMMITTABLE, found(TransactionState.COMPLETE_COMMIT, 7, 5)));
        assertFalse(TransactionFate.isCommitted(COMMITTABLE, found(TransactionState.COMPLETE_COMMIT, 7, 3)));
    }

    @Test
    void whereKafkaDoesNotAnswerItIsNotTakenForCommitted() {
        Properties nowhere = new Properties();
        nowhere.setProperty("bootstrap.servers", "127.0.0.1:1");
        assertFalse(new TransactionFate(nowhere, 300).test(COMMITTABLE));
    }

    private static TransactionDescription found(TransactionState state, long producerId, int epoch) {
        return new TransactionDescription(1, state, producerId, epoch, 600_000, OptionalLong.empty(), Set.of());
    }
}
