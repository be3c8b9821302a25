package io.tidegate.highavailability;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.runtime.checkpoint.CheckpointIDCounter;
import org.apache.flink.util.concurrent.FutureUtils;

/** The number of the next checkpoint, as text in a file: no number is given twice, whatever happens in between. */
final class FileCheckpointIdCounter implements CheckpointIDCounter {
    private final Path file;
    private long next;

    FileCheckpointIdCounter(Path folder) throws IOException {
        file = WholeFiles.folder(folder).resolve("next");
    }

    @Override
    public synchronized void start() throws IOException {
        next = Files.exists(file) ? Long.parseLong(Files.readString(file)) : INITIAL_CHECKPOINT_ID;
    }

    @Override
    public synchronized CompletableFuture<Void> shutdown(JobStatus status) {
        if (status.isGloballyTerminalState()) {
            try {
                WholeFiles.delete(file);
            } catch (IOException error) {
                return FutureUtils.completedExceptionally(error);
            }
        }
        return FutureUtils.completedVoidFuture();
    }

    @Override
    public synchronized long getAndIncrement() throws IOException {
        long current = next;
        setCount(current + 1);
        return current;
    }

    @Override
    public synchronized long get() {
        return next;
    }

    @Override
    public synchronized void setCount(long count) throws IOException {
        WholeFiles.write(file, Long.toString(count).getBytes(StandardCharsets.US_ASCII));
        next = count;
    }
}
