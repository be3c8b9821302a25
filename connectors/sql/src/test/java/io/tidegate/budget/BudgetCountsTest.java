package io.tidegate.budget;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class BudgetCountsTest {
    private static final long WINDOW_MS = 60_000;
    private static final ErrorBudget BUDGET = new ErrorBudget("clicks", 0.05, 3, WINDOW_MS, 100, true, 0);

    private final BudgetCounts counts = new BudgetCounts(WINDOW_MS);

    BudgetCountsTest() {
        counts.advance(0);
    }

    private long letter(int partition, long offset) {
        long before = counts.previous(partition);
        counts.record(partition, offset);
        return counts.letter(partition, offset, before);
    }

    @Test
    void theRatioIsOfWhatTheWindowHolds() {
        for (int offset = 0; offset < 95; offset++) {
            counts.record(0, offset);
        }
        for (int offset = 95; offset < 100; offset++) {
            letter(0, offset);
        }
        assertTrue(BUDGET.ratioPassed(counts.records(), counts.letters()).isEmpty(), "5 of 100 are within it");
        letter(0, 100);
        assertEquals(
                "6 of 101 records within 60 s are dead letters: 5.9 %, max_ratio is 5.000 %",
                BUDGET.ratioPassed(counts.records(), counts.letters()).orElseThrow());
    }

    @Test
    void tooFewRecordsSayNothing() {
        for (int offset = 0; offset < 99; offset++) {
            letter(0, offset);
        }
        assertTrue(BUDGET.ratioPassed(counts.records(), counts.letters()).isEmpty());
    }

    @Test
    void theWindowPasses() {
        letter(0, 0);
        counts.advance(30_000);
        letter(0, 1);
        counts.advance(59_999);
        assertEquals(2, counts.letters());
        counts.advance(60_000);
        assertEquals(1, counts.letters());
        counts.advance(10 * WINDOW_MS);
        assertEquals(0, counts.records());
    }

    @Test
    void aGoodRecordEndsTheRunOfItsPartitionOnly() {
        assertEquals(1, letter(0, 10));
        assertEquals(2, letter(0, 11));
        assertEquals(1, letter(1, 7));
        counts.record(0, 12);
        assertEquals(0, counts.inARow(0));
        assertEquals(1, counts.inARow(1));
        assertEquals(1, letter(0, 13));
        assertEquals(2, letter(1, 8));
    }

    @Test
    void offsetsOfTransactionsBetweenDoNotEndARun() {
        letter(0, 10);
        assertEquals(2, letter(0, 12), "11 was no record");
        assertEquals(2, counts.inARow(0));
    }

    @Test
    void severalItemsOfOneRecordAreOneLetter() {
        letter(0, 10);
        assertEquals(1, counts.letter(0, 10, 9));
        assertEquals(1, counts.letters());
    }

    @Test
    void whatAFunctionInPythonTellsLateIsARunWhereOffsetsFollow() {
        for (int offset = 0; offset < 5; offset++) {
            counts.record(0, offset);
        }
        assertEquals(1, counts.letter(0, 1, -1));
        assertEquals(2, counts.letter(0, 2, -1));
        assertEquals(1, counts.letter(0, 4, -1));
    }

    @Test
    void aRestartKeepsTheCounts() {
        counts.advance(5_000);
        letter(2, 10);
        letter(2, 11);
        BudgetCounts restored = new BudgetCounts(WINDOW_MS);
        restored.advance(20_000);
        counts.window().forEach(part -> restored.addWindow(part, 20_000));
        counts.runs().forEach(restored::addRun);

        assertEquals(2, restored.letters());
        assertEquals(11, restored.previous(2));
        restored.record(2, 12);
        assertEquals(3, restored.letter(2, 12, 11));
        restored.advance(65_000);
        assertEquals(1, restored.letters(), "what came before the restart passes at its own time");
    }

    @Test
    void aRestartAfterTheWindowBeginsAnew() {
        letter(0, 10);
        BudgetCounts restored = new BudgetCounts(WINDOW_MS);
        restored.advance(WINDOW_MS);
        counts.window().forEach(part -> restored.addWindow(part, WINDOW_MS));
        assertEquals(0, restored.letters());
    }

    @Test
    void ofTwoThatTellOfAPartitionTheFurthestCounts() {
        counts.addRun(new long[] {0, 20, 20, 7});
        counts.addRun(new long[] {0, 10, 10, 3});
        assertEquals(7, counts.inARow(0));
    }

    @Test
    void oneMoreThanMaxConsecutivePassesIt() {
        assertFalse(BUDGET.consecutivePassed(4, 3).isPresent());
        assertEquals(
                "4 dead letters in a row in partition 4, max_consecutive is 3",
                BUDGET.consecutivePassed(4, 4).orElseThrow());
    }
}
