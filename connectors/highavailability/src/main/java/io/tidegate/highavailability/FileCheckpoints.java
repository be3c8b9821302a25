package io.tidegate.highavailability;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.concurrent.Executor;
import org.apache.flink.api.common.JobID;
import org.apache.flink.core.execution.RecoveryClaimMode;
import org.apache.flink.runtime.checkpoint.CheckpointIDCounter;
import org.apache.flink.runtime.checkpoint.CheckpointRecoveryFactory;
import org.apache.flink.runtime.checkpoint.CompletedCheckpoint;
import org.apache.flink.runtime.checkpoint.CompletedCheckpointStore;
import org.apache.flink.runtime.checkpoint.DefaultCompletedCheckpointStore;
import org.apache.flink.runtime.checkpoint.DefaultCompletedCheckpointStoreUtils;
import org.apache.flink.runtime.persistence.IntegerResourceVersion;
import org.apache.flink.runtime.state.SharedStateRegistryFactory;

/** The completed checkpoints of each job, and the number of its next one: a folder for each job. */
final class FileCheckpoints implements CheckpointRecoveryFactory {
    private final Path folder;

    FileCheckpoints(Path folder) {
        this.folder = folder;
    }

    @Override
    public CompletedCheckpointStore createRecoveredCompletedCheckpointStore(
            JobID job,
            int retained,
            SharedStateRegistryFactory sharedStates,
            Executor ioExecutor,
            RecoveryClaimMode claimMode)
            throws Exception {
        FileStateHandleStore<CompletedCheckpoint> store = new FileStateHandleStore<>(of(job).resolve("completed"));
        Collection<CompletedCheckpoint> checkpoints =
                DefaultCompletedCheckpointStoreUtils.retrieveCompletedCheckpoints(store, FileNames.INSTANCE);
        return new DefaultCompletedCheckpointStore<IntegerResourceVersion>(
                retained,
                store,
                FileNames.INSTANCE,
                checkpoints,
                sharedStates.create(ioExecutor, checkpoints, claimMode),
                ioExecutor);
    }

    @Override
    public CheckpointIDCounter createCheckpointIDCounter(JobID job) throws IOException {
        return new FileCheckpointIdCounter(of(job));
    }

    /** For a job that has ended for good. */
    void forget(JobID job) throws IOException {
        WholeFiles.deleteAll(of(job));
    }

    private Path of(JobID job) {
        return folder.resolve(FileNames.INSTANCE.jobIDToName(job));
    }
}
