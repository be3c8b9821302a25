package io.tidegate.budget;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tidegate.common.Names;
import java.nio.charset.StandardCharsets;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.throwable.ThrowableClassifier;
import org.apache.flink.runtime.throwable.ThrowableType;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.apache.flink.table.data.GenericMapData;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.TimestampData;
import org.junit.jupiter.api.Test;

/** The operator with a clock of its own. What follows in the chain is {@link #good} and {@link #bad}, which tell first. */
class BudgetOperatorTest {
    private static final List<String> COLUMNS =
            List.of("_source_partition", "_source_offset", "_ingested_at", "_headers", "_payload", "_payload_sha256");
    private static final byte[] PAYLOAD = "value".getBytes(StandardCharsets.UTF_8);
    private static final String SECRET = "secret";
    /** Made by {@code tidegate/dead_letters/redriven.py}, whose test has the same text. */
    private static final String SIGNATURE = "1015d6df23bd680bfcb39c05a4331f75da1dd7dfa9c39dd1f235cd86a8f75df2";

    private static final long WINDOW_MS = 60_000;

    private final Letters letters = Letters.ofThread();

    private static ErrorBudget budget(boolean stops, long acceptedUntilMs) {
        return new ErrorBudget("clicks", 0.1, 4, WINDOW_MS, 20, stops, acceptedUntilMs);
    }

    private static OneInputStreamOperatorTestHarness<RowData, RowData> started(
            ErrorBudget budget, OperatorSubtaskState state, long nowMs) throws Exception {
        var harness = new OneInputStreamOperatorTestHarness<RowData, RowData>(
                new BudgetOperator(budget, RecordPlace.of(COLUMNS), "refine:clicks:error_budget", SECRET), 1, 1, 0);
        harness.setProcessingTime(nowMs);
        harness.setup();
        if (state != null) {
            harness.initializeState(state);
        }
        harness.open();
        Letters.ofThread().hear();
        Letters.ofThread().take();
        return harness;
    }

    private static RowData row(int partition, long offset, long arrivedMs, Map<StringData, byte[]> headers) {
        return GenericRowData.of(
                partition,
                offset,
                TimestampData.fromEpochMillis(arrivedMs),
                new GenericMapData(headers),
                PAYLOAD,
                null);
    }

    private static void good(OneInputStreamOperatorTestHarness<RowData, RowData> harness, long offset) throws Exception {
        harness.processElement(new StreamRecord<>(row(0, offset, 1_000, Map.of())));
    }

    private void bad(OneInputStreamOperatorTestHarness<RowData, RowData> harness, long offset) throws Exception {
        bad(harness, offset, 1_000, Map.of());
    }

    private void bad(
            OneInputStreamOperatorTestHarness<RowData, RowData> harness,
            long offset,
            long arrivedMs,
            Map<StringData, byte[]> headers)
            throws Exception {
        letters.rules("price_positive");
        letters.tell(0, offset, "rule/RULE_VIOLATED");
        harness.processElement(new StreamRecord<>(row(0, offset, arrivedMs, headers)));
    }

    @Test
    void tooManyInARowEndTheJobForGoodWithOneLine() throws Exception {
        try (var harness = started(budget(true, 0), null, 0)) {
            for (int offset = 0; offset < 4; offset++) {
                bad(harness, offset);
            }
            BudgetPassed passed = assertThrows(BudgetPassed.class, () -> bad(harness, 4));
            assertEquals(
                    "The error budget of clicks is passed: 5 dead letters in a row in partition 0, max_consecutive is 4; "
                            + "the last one: rule/RULE_VIOLATED (price_positive) at partition 0, offset 4",
                    passed.getMessage());
            assertTrue(ThrowableClassifier.findThrowableOfThrowableType(
                            new RuntimeException(passed), ThrowableType.NonRecoverableError)
                    .isPresent());
        }
    }

    @Test
    void aShareAboveTheRatioEndsTheJobBeforeTheNextCheckpoint() throws Exception {
        try (var harness = started(budget(true, 0), null, 0)) {
            for (int offset = 0; offset < 30; offset++) {
                if (offset % 5 == 0) {
                    bad(harness, offset);
                } else {
                    good(harness, offset);
                }
            }
            assertThrows(BudgetPassed.class, () -> harness.getOperator().prepareSnapshotPreBarrier(1));
            assertThrows(Exception.class, () -> harness.setProcessingTime(1_000), "and within a second");
        }
    }

    @Test
    void aShareWithinTheRatioGoesOnAndTheWindowPasses() throws Exception {
        try (var harness = started(budget(true, 0), null, 0)) {
            for (int offset = 0; offset < 30; offset++) {
                if (offset % 10 == 0) {
                    bad(harness, offset);
                } else {
                    good(harness, offset);
                }
            }
            harness.setProcessingTime(WINDOW_MS + 1);
            for (int offset = 30; offset < 33; offset++) {
                bad(harness, offset);
            }
            harness.setProcessingTime(WINDOW_MS + 2_000);
            assertEquals(33, harness.extractOutputValues().size());
        }
    }

    @Test
    void aRestartKeepsTheCounts() throws Exception {
        OperatorSubtaskState state;
        try (var harness = started(budget(true, 0), null, 5_000)) {
            for (int offset = 0; offset < 4; offset++) {
                bad(harness, offset);
            }
            state = harness.snapshot(1, 1);
        }
        try (var harness = started(budget(true, 0), state, 10_000)) {
            assertThrows(BudgetPassed.class, () -> bad(harness, 4));
        }
        try (var harness = started(budget(true, 0), state, 10_000)) {
            for (int offset = 4; offset < 20; offset++) {
                good(harness, offset);
            }
            assertThrows(BudgetPassed.class, () -> harness.getOperator().prepareSnapshotPreBarrier(2), "4 of 20");
        }
    }

    @Test
    void pastABudgetThatAlertsTheJobGoesOn() throws Exception {
        try (var harness = started(budget(false, 0), null, 0)) {
            for (int offset = 0; offset < 40; offset++) {
                bad(harness, offset);
            }
            harness.setProcessingTime(1_000);
            assertEquals(40, harness.extractOutputValues().size());
        }
    }

    @Test
    void whatArrivedBeforeAResetDoesNotCountNotEvenAfterARestart() throws Exception {
        OperatorSubtaskState state;
        try (var harness = started(budget(true, 2_000), null, 2_000)) {
            for (int offset = 0; offset < 40; offset++) {
                bad(harness, offset);
            }
            harness.setProcessingTime(3_000);
            state = harness.snapshot(1, 1);
        }
        try (var harness = started(budget(true, 0), state, 4_000)) {
            for (int offset = 40; offset < 80; offset++) {
                bad(harness, offset);
            }
            for (int offset = 80; offset < 84; offset++) {
                bad(harness, offset, 2_000, Map.of());
            }
            assertThrows(BudgetPassed.class, () -> bad(harness, 84, 2_000, Map.of()));
        }
    }

    @Test
    void aResetForgetsWhatWasCounted() throws Exception {
        OperatorSubtaskState state;
        try (var harness = started(budget(true, 0), null, 0)) {
            for (int offset = 0; offset < 4; offset++) {
                bad(harness, offset);
            }
            state = harness.snapshot(1, 1);
        }
        try (var harness = started(budget(true, 500), state, 500)) {
            bad(harness, 4);
            assertEquals(1, harness.extractOutputValues().size());
        }
    }

    private static Map<StringData, byte[]> copy(String signatureName, String signature) {
        Map<String, String> headers = Map.of(
                Names.REDRIVE_OF_HEADER, "raw.clicks/2/4711/0123456789abcdef0123456789abcdef",
                Names.REDRIVE_ATTEMPT_HEADER, "000003",
                Names.REDRIVE_PLAN_HEADER, "a-plan",
                Names.REDRIVE_ARRIVED_HEADER, "1700000000000",
                Names.REDRIVE_FIRST_FAILED_HEADER, "1700000001000",
                signatureName, signature);
        // The harness copies rows by Kryo, which can't copy a text that was hashed.
        Map<StringData, byte[]> found = new IdentityHashMap<>();
        headers.forEach((name, value) ->
                found.put(StringData.fromString(name), value.getBytes(StandardCharsets.UTF_8)));
        return found;
    }

    @Test
    void lettersOfARedriveDoNotCount() throws Exception {
        try (var harness = started(budget(true, 0), null, 0)) {
            for (int offset = 0; offset < 40; offset++) {
                bad(harness, offset, 1_000, copy(Names.REDRIVE_SIGNATURE_HEADER, SIGNATURE));
            }
            harness.setProcessingTime(1_000);
            assertEquals(40, harness.extractOutputValues().size());
        }
    }

    @Test
    void headersOfARedriveThatNobodySignedAreCounted() throws Exception {
        try (var harness = started(budget(true, 0), null, 0)) {
            for (int offset = 0; offset < 4; offset++) {
                bad(harness, offset, 1_000, copy(Names.REDRIVE_SIGNATURE_HEADER, "0".repeat(SIGNATURE.length())));
            }
            assertThrows(BudgetPassed.class, () -> bad(harness, 4, 1_000, copy("signature", SIGNATURE)));
        }
    }
}
