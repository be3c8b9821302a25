package io.tidegate.highavailability;

import org.apache.flink.api.common.ApplicationID;
import org.apache.flink.api.common.JobID;
import org.apache.flink.runtime.checkpoint.CheckpointStoreUtil;
import org.apache.flink.runtime.jobmanager.ApplicationStoreUtil;
import org.apache.flink.runtime.jobmanager.ExecutionPlanStoreUtil;

/** File names of jobs and applications, which are their ids, and of checkpoints, which sort as their numbers do. */
enum FileNames implements ExecutionPlanStoreUtil, ApplicationStoreUtil, CheckpointStoreUtil {
    INSTANCE;

    @Override
    public String jobIDToName(JobID job) {
        return job.toHexString();
    }

    @Override
    public JobID nameToJobID(String name) {
        return JobID.fromHexString(name);
    }

    @Override
    public String applicationIdToName(ApplicationID application) {
        return application.toHexString();
    }

    @Override
    public ApplicationID nameToApplicationId(String name) {
        return ApplicationID.fromHexString(name);
    }

    @Override
    public String checkpointIDToName(long checkpoint) {
        return String.format("%019d", checkpoint);
    }

    @Override
    public long nameToCheckpointID(String name) {
        return Long.parseLong(name);
    }
}
