package io.tidegate.maintenance;

import org.apache.iceberg.flink.maintenance.api.TriggerLockFactory;

/**
 * The lock of a job whose task is triggered once: there is nobody in it to wait for. That no second job works on the table
 * is seen to by who starts it, and where one does all the same, Iceberg refuses the later commit.
 *
 * <p>Iceberg's own lock without another system is told by the JobManager that the task has ended. In a job that ends,
 * the trigger has finished by then, and Flink begins a job again whose task can't be told something.
 */
public final class OneRun implements TriggerLockFactory {
    private static final long serialVersionUID = 1L;

    @Override
    public void open() {}

    @Override
    public Lock createLock() {
        return new Free();
    }

    @Override
    public Lock createRecoveryLock() {
        return new Free();
    }

    @Override
    public void close() {}

    private static final class Free implements Lock {
        @Override
        public boolean tryLock() {
            return true;
        }

        @Override
        public boolean isHeld() {
            return false;
        }

        @Override
        public void unlock() {}
    }
}
