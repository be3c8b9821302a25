package io.tidegate.budget;

import org.apache.flink.runtime.throwable.ThrowableAnnotation;
import org.apache.flink.runtime.throwable.ThrowableType;

/**
 * Ends the job for good: to read the same records again would fail in the same way. Checked, so that nobody takes it for
 * the fault of one record.
 */
@ThrowableAnnotation(ThrowableType.NonRecoverableError)
public final class BudgetPassed extends Exception {
    private static final long serialVersionUID = 1L;

    BudgetPassed(String message) {
        super(message);
    }
}
