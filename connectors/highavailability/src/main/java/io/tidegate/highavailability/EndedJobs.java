package io.tidegate.highavailability;

import java.io.IOException;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.api.common.JobID;
import org.apache.flink.runtime.highavailability.JobResultEntry;
import org.apache.flink.runtime.highavailability.JobResultStore;
import org.apache.flink.runtime.jobmaster.JobResult;
import org.apache.flink.util.function.ThrowingConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The results of jobs that have ended and are not cleaned up yet.
 *
 * <p>A job that could not even be initialised, as for state that does not fit, leaves a result without an application, for
 * good; the dispatcher of Flink 2.3 can't start while there is one. Nothing is to be recovered of it, so it is cleaned up
 * here.
 */
final class EndedJobs implements JobResultStore {
    private static final Logger LOG = LoggerFactory.getLogger(EndedJobs.class);

    private final JobResultStore results;
    private final ThrowingConsumer<JobID, IOException> cleanUp;

    EndedJobs(JobResultStore results, ThrowingConsumer<JobID, IOException> cleanUp) {
        this.results = results;
        this.cleanUp = cleanUp;
    }

    @Override
    public Set<JobResult> getDirtyResults() throws IOException {
        Set<JobResult> known = new HashSet<>();
        for (JobResult result : results.getDirtyResults()) {
            if (result.getApplicationId().isPresent()) {
                known.add(result);
            } else {
                LOG.info("Cleaning up after the job {} ({}), which has ended.", result.getJobName(), result.getJobId());
                cleanUp.accept(result.getJobId());
                results.markResultAsCleanAsync(result.getJobId()).join();
            }
        }
        return known;
    }

    @Override
    public CompletableFuture<Void> createDirtyResultAsync(JobResultEntry entry) {
        return results.createDirtyResultAsync(entry);
    }

    @Override
    public CompletableFuture<Void> markResultAsCleanAsync(JobID job) {
        return results.markResultAsCleanAsync(job);
    }

    @Override
    public CompletableFuture<Boolean> hasDirtyJobResultEntryAsync(JobID job) {
        return results.hasDirtyJobResultEntryAsync(job);
    }

    @Override
    public CompletableFuture<Boolean> hasCleanJobResultEntryAsync(JobID job) {
        return results.hasCleanJobResultEntryAsync(job);
    }
}
