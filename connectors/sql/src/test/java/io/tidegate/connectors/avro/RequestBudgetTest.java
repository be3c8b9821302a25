package io.tidegate.connectors.avro;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RequestBudgetTest {
    @Test
    void soManyAtOnceAndThenSoManyASecond() {
        AtomicLong now = new AtomicLong(Long.MAX_VALUE - 5);
        RequestBudget budget = new RequestBudget(5, 2, now::get);
        assertEquals(5, taken(budget));
        now.addAndGet(Duration.ofMillis(1_500).toNanos());
        assertEquals(3, taken(budget));
        now.addAndGet(Duration.ofHours(1).toNanos());
        assertEquals(5, taken(budget));
    }

    private static long taken(RequestBudget budget) {
        return IntStream.range(0, 100).filter(each -> budget.take()).count();
    }
}
