/**
 * High availability of one JobManager by files: started again, it goes on with its jobs from their last checkpoints.
 *
 * <p>Set by {@code high-availability.type: io.tidegate.highavailability.FileHaServicesFactory} and {@code
 * high-availability.storageDir}. There is no election: a second JobManager must not run on the same folder.
 */
package io.tidegate.highavailability;
