package io.tidegate.highavailability;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.apache.flink.api.common.JobID;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.runtime.blob.BlobStore;
import org.apache.flink.runtime.blob.BlobStoreService;
import org.apache.flink.runtime.blob.BlobUtils;
import org.apache.flink.runtime.checkpoint.CheckpointRecoveryFactory;
import org.apache.flink.runtime.highavailability.ApplicationResultStore;
import org.apache.flink.runtime.highavailability.FileSystemApplicationResultStore;
import org.apache.flink.runtime.highavailability.FileSystemJobResultStore;
import org.apache.flink.runtime.highavailability.JobResultStore;
import org.apache.flink.runtime.highavailability.nonha.standalone.StandaloneHaServices;
import org.apache.flink.runtime.jobmanager.ApplicationStore;
import org.apache.flink.runtime.jobmanager.DefaultApplicationStore;
import org.apache.flink.runtime.jobmanager.DefaultExecutionPlanStore;
import org.apache.flink.runtime.jobmanager.ExecutionPlanStore;
import org.apache.flink.runtime.jobmanager.NoOpExecutionPlanStoreWatcher;
import org.apache.flink.util.concurrent.FutureUtils;

/**
 * Addresses as without high availability; jobs, their checkpoints and results in files.
 *
 * <p>Below the folder: {@code jobs}, {@code applications}, {@code checkpoints}, and what Flink's own stores for blobs
 * and results keep there.
 */
final class FileHaServices extends StandaloneHaServices {
    private final Path folder;
    private final FileCheckpoints checkpoints;
    private final BlobStoreService blobs;
    private final JobResultStore jobResults;
    private final ApplicationResultStore applicationResults;

    FileHaServices(
            String resourceManagerAddress,
            String dispatcherAddress,
            String restAddress,
            Configuration configuration,
            Path folder,
            Executor ioExecutor)
            throws IOException {
        super(resourceManagerAddress, dispatcherAddress, restAddress);
        this.folder = folder;
        checkpoints = new FileCheckpoints(folder.resolve("checkpoints"));
        blobs = BlobUtils.createBlobStoreFromConfig(configuration);
        jobResults = new EndedJobs(
                FileSystemJobResultStore.fromConfiguration(configuration, ioExecutor), this::forget);
        applicationResults = FileSystemApplicationResultStore.fromConfiguration(configuration, ioExecutor);
    }

    @Override
    public ExecutionPlanStore getExecutionPlanStore() throws IOException {
        return new DefaultExecutionPlanStore<>(
                new FileStateHandleStore<>(folder.resolve("jobs")),
                NoOpExecutionPlanStoreWatcher.INSTANCE, // nobody else writes here
                FileNames.INSTANCE);
    }

    @Override
    public ApplicationStore getApplicationStore() throws IOException {
        return new DefaultApplicationStore<>(
                new FileStateHandleStore<>(folder.resolve("applications")), FileNames.INSTANCE);
    }

    @Override
    public CheckpointRecoveryFactory getCheckpointRecoveryFactory() {
        return checkpoints;
    }

    @Override
    public JobResultStore getJobResultStore() {
        return jobResults;
    }

    @Override
    public ApplicationResultStore getApplicationResultStore() {
        return applicationResults;
    }

    @Override
    public BlobStore createBlobStore() {
        return blobs;
    }

    @Override
    public CompletableFuture<Void> globalCleanupAsync(JobID job, Executor executor) {
        return FutureUtils.runAsync(() -> checkpoints.forget(job), executor);
    }

    private void forget(JobID job) throws IOException {
        WholeFiles.delete(folder.resolve("jobs").resolve(FileNames.INSTANCE.jobIDToName(job)));
        checkpoints.forget(job);
        blobs.deleteAll(job);
    }

    @Override
    public void cleanupAllData() throws IOException {
        for (String part : new String[] {"jobs", "applications", "checkpoints"}) {
            WholeFiles.deleteAll(folder.resolve(part));
        }
        blobs.cleanupAllData();
    }

    @Override
    public void close() throws Exception {
        super.close();
        blobs.close();
    }
}
