package io.tidegate.maintenance;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.apache.flink.util.InstantiationUtil;
import org.junit.jupiter.api.Test;

class OneRunTest {
    @Test
    void isFreeWhereverItIsSent() throws Exception {
        OneRun sent = InstantiationUtil.clone(new OneRun());
        sent.open();
        var lock = sent.createLock();

        assertTrue(lock.tryLock());
        assertTrue(lock.tryLock());
        assertFalse(lock.isHeld());
        assertFalse(sent.createRecoveryLock().isHeld());
        lock.unlock();
        sent.close();
    }
}
