package io.tidegate.highavailability;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordingFile;
import org.apache.flink.runtime.checkpoint.CheckpointIDCounter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is forced to disk, as the Java runtime itself records it: a power loss can't be made here. */
class WholeFilesTest {
    @TempDir
    Path folder;

    @Test
    void aFileIsOnDiskBeforeItsNameIsAndThenTheName() throws Exception {
        List<Path> forced = forcedBy(() -> {
            WholeFiles.write(folder.resolve("file"), new byte[] {1, 2});
            return null;
        });

        assertEquals(List.of(folder.resolve("file.part"), folder), forced);
    }

    @Test
    void theNumberOfACheckpointIsOnDiskBeforeItIsUsed() throws Exception {
        Path job = folder.resolve("checkpoints").resolve("job");
        CheckpointIDCounter counter = new FileCheckpointIdCounter(job);
        counter.start();

        List<Path> forced = forcedBy(counter::getAndIncrement);

        assertEquals(job, forced.get(forced.size() - 1));
    }

    @Test
    void aFolderIsOnDiskWithAllAboveItThatWereMade() throws Exception {
        Path deep = folder.resolve("a").resolve("b");

        assertEquals(List.of(folder, folder.resolve("a")), forcedBy(() -> WholeFiles.folder(deep)));
        assertTrue(Files.isDirectory(deep));
        assertEquals(List.of(), forcedBy(() -> WholeFiles.folder(deep)));
    }

    @Test
    void whatIsDeletedDoesNotComeBack() throws Exception {
        FileStateHandleStore<String> store = new FileStateHandleStore<>(folder.resolve("jobs"));
        store.addAndLock("refine", "plan");

        assertEquals(List.of(folder.resolve("jobs")), forcedBy(() -> store.releaseAndTryRemove("refine")));
        assertEquals(List.of(folder), forcedBy(() -> {
            WholeFiles.deleteAll(folder.resolve("jobs"));
            return null;
        }));
    }

    private List<Path> forcedBy(Callable<?> action) throws Exception {
        try (Recording recording = new Recording()) {
            recording.enable("jdk.FileForce").withThreshold(Duration.ZERO);
            recording.start();
            action.call();
            recording.stop();
            return below(recording);
        }
    }

    private List<Path> below(Recording recording) throws IOException {
        Path dump = Files.createTempFile("forced", ".jfr");
        try {
            recording.dump(dump);
            return RecordingFile.readAllEvents(dump).stream()
                    .map(event -> Path.of(event.getString("path")))
                    .filter(path -> path.startsWith(folder))
                    .toList();
        } finally {
            Files.delete(dump);
        }
    }
}
