package io.tidegate.highavailability;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.HighAvailabilityOptions;
import org.apache.flink.configuration.IllegalConfigurationException;
import org.apache.flink.configuration.JobManagerOptions;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.core.execution.RecoveryClaimMode;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.runtime.checkpoint.CheckpointIDCounter;
import org.apache.flink.runtime.checkpoint.CheckpointProperties;
import org.apache.flink.runtime.checkpoint.CheckpointRetentionPolicy;
import org.apache.flink.runtime.checkpoint.CheckpointsCleaner;
import org.apache.flink.runtime.checkpoint.CompletedCheckpoint;
import org.apache.flink.runtime.checkpoint.CompletedCheckpointStore;
import org.apache.flink.runtime.highavailability.HighAvailabilityServices;
import org.apache.flink.runtime.highavailability.JobResultEntry;
import org.apache.flink.runtime.jobgraph.JobGraph;
import org.apache.flink.runtime.jobmanager.ExecutionPlanStore;
import org.apache.flink.runtime.jobmaster.JobResult;
import org.apache.flink.runtime.state.SharedStateRegistry;
import org.apache.flink.runtime.state.filesystem.FileStateHandle;
import org.apache.flink.runtime.state.filesystem.FsCompletedCheckpointStorageLocation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each {@code services()} is what a JobManager started again has: nothing but the folder of the one before. */
class FileHaServicesTest {
    private static final Executor AT_ONCE = Runnable::run;
    private static final JobID JOB = new JobID();

    @TempDir
    Path folder;

    @Test
    void aJobIsThereAgainUntilItHasEnded() throws Exception {
        JobGraph job = new JobGraph(JOB, "refine");
        startedPlans().putExecutionPlan(job);

        ExecutionPlanStore again = startedPlans();
        assertEquals(Set.of(JOB), Set.copyOf(again.getJobIds()));
        assertEquals("refine", again.recoverExecutionPlan(JOB).getName());
        again.globalCleanupAsync(JOB, AT_ONCE).get();

        assertEquals(List.of(), List.copyOf(startedPlans().getJobIds()));
    }

    @Test
    void theNewestCheckpointIsThereAgain() throws Exception {
        CompletedCheckpointStore store = checkpoints();
        for (int number = 9; number <= 11; number++) {
            store.addCheckpointAndSubsumeOldestOne(checkpoint(number), new CheckpointsCleaner(), () -> {});
        }

        CompletedCheckpointStore again = checkpoints();
        assertEquals(11, again.getLatestCheckpointId());
        assertEquals(2, again.getNumberOfRetainedCheckpoints());
        again.shutdown(JobStatus.SUSPENDED, new CheckpointsCleaner());
        assertEquals(11, checkpoints().getLatestCheckpointId(), "a JobManager that stops keeps them");

        services().globalCleanupAsync(JOB, AT_ONCE).get();
        assertNull(checkpoints().getLatestCheckpoint());
    }

    @Test
    void noCheckpointNumberIsGivenTwice() throws Exception {
        CheckpointIDCounter counter = counter();
        assertEquals(CheckpointIDCounter.INITIAL_CHECKPOINT_ID, counter.getAndIncrement());
        counter.setCount(41);
        assertEquals(41, counter.getAndIncrement());

        CheckpointIDCounter again = counter();
        assertEquals(42, again.getAndIncrement());
        again.shutdown(JobStatus.SUSPENDED).get();
        assertEquals(43, counter().get());
        again.shutdown(JobStatus.FINISHED).get();
        assertEquals(CheckpointIDCounter.INITIAL_CHECKPOINT_ID, counter().get());
    }

    @Test
    void aJobThatCouldNotBeInitialisedHoldsNobodyUp() throws Exception {
        startedPlans().putExecutionPlan(new JobGraph(JOB, "refine"));
        JobResult failed = new JobResult.Builder()
                .jobId(JOB)
                .jobName("refine")
                .jobStatus(JobStatus.FAILED)
                .netRuntime(1)
                .build();
        services().getJobResultStore().createDirtyResultAsync(new JobResultEntry(failed)).get();

        assertEquals(Set.of(), services().getJobResultStore().getDirtyResults());
        assertEquals(List.of(), List.copyOf(startedPlans().getJobIds()));
        assertFalse(services().getJobResultStore().hasJobResultEntryAsync(JOB).get());
    }

    @Test
    void aFileThatWasNotFinishedDoesNotCount() throws Exception {
        startedPlans().putExecutionPlan(new JobGraph(JOB, "refine"));
        Files.write(folder.resolve("jobs").resolve(new JobID().toHexString() + ".part"), new byte[] {1, 2});

        assertEquals(Set.of(JOB), Set.copyOf(startedPlans().getJobIds()));
    }

    @Test
    void everythingGoesWithTheCluster() throws Exception {
        startedPlans().putExecutionPlan(new JobGraph(JOB, "refine"));
        counter().getAndIncrement();

        services().cleanupAllData();

        assertFalse(Files.exists(folder.resolve("jobs")));
        assertFalse(Files.exists(folder.resolve("checkpoints")));
    }

    @Test
    void anObjectStoreIsRefusedWithTheRemedy() {
        var error = assertThrows(
                IllegalConfigurationException.class,
                () -> new FileHaServicesFactory().createHAServices(configuration("s3://bucket/ha"), AT_ONCE));
        assertTrue(error.getMessage().contains("Name a folder by file:///"), error.getMessage());
    }

    private ExecutionPlanStore startedPlans() throws Exception {
        ExecutionPlanStore plans = services().getExecutionPlanStore();
        plans.start(new NobodyListens());
        return plans;
    }

    private static final class NobodyListens implements ExecutionPlanStore.ExecutionPlanListener {
        @Override
        public void onAddedExecutionPlan(JobID job) {
            throw new AssertionError("the dispatcher would recover " + job + " a second time");
        }

        @Override
        public void onRemovedExecutionPlan(JobID job) {
            throw new AssertionError("nobody else removes jobs");
        }
    }

    private CompletedCheckpointStore checkpoints() throws Exception {
        return services()
                .getCheckpointRecoveryFactory()
                .createRecoveredCompletedCheckpointStore(
                        JOB, 2, SharedStateRegistry.DEFAULT_FACTORY, AT_ONCE, RecoveryClaimMode.DEFAULT);
    }

    private CheckpointIDCounter counter() throws Exception {
        CheckpointIDCounter counter = services().getCheckpointRecoveryFactory().createCheckpointIDCounter(JOB);
        counter.start();
        return counter;
    }

    private CompletedCheckpoint checkpoint(long number) throws Exception {
        var path = new org.apache.flink.core.fs.Path(folder.resolve("chk-" + number).toUri());
        var location = new FsCompletedCheckpointStorageLocation(
                FileSystem.getLocalFileSystem(), path, new FileStateHandle(path, 0), path.toString());
        var properties = CheckpointProperties.forCheckpoint(CheckpointRetentionPolicy.RETAIN_ON_CANCELLATION);
        return new CompletedCheckpoint(JOB, number, 1, 2, Map.of(), List.of(), properties, location, null);
    }

    private HighAvailabilityServices services() throws Exception {
        return new FileHaServices("resourcemanager", "dispatcher", "rest", configuration(), folder, AT_ONCE);
    }

    private Configuration configuration() {
        return configuration(folder.toUri().toString());
    }

    private static Configuration configuration(String storage) {
        return new Configuration()
                .set(HighAvailabilityOptions.HA_MODE, FileHaServicesFactory.class.getName())
                .set(HighAvailabilityOptions.HA_STORAGE_PATH, storage)
                .set(JobManagerOptions.ADDRESS, "127.0.0.1")
                .set(RestOptions.ADDRESS, "127.0.0.1");
    }
}
