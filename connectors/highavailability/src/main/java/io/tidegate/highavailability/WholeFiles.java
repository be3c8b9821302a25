package io.tidegate.highavailability;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;
import org.apache.flink.util.FileUtils;

/**
 * Files that are there as a whole or not at all, whenever the process or the machine ends.
 *
 * <p>A file's name is on disk only when its folder is: without that, a power loss brings back the file of before, or one
 * that was deleted. A number of a checkpoint would be given twice, and a job that was stopped would run again.
 */
final class WholeFiles {
    private static final String UNFINISHED = ".part";

    private WholeFiles() {}

    static void write(Path path, byte[] content) throws IOException {
        Path unfinished = path.resolveSibling(path.getFileName() + UNFINISHED);
        try (FileChannel channel = FileChannel.open(
                unfinished,
                StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.WRITE)) {
            ByteBuffer rest = ByteBuffer.wrap(content);
            while (rest.hasRemaining()) {
                channel.write(rest);
            }
            channel.force(true);
        }
        Files.move(unfinished, path, StandardCopyOption.ATOMIC_MOVE);
        sync(path.getParent());
    }

    /** The folder, made with all above it that are missing, each on disk. */
    static Path folder(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            folder(folder.getParent());
            Files.createDirectories(folder);
            sync(folder.getParent());
        }
        return folder;
    }

    static void delete(Path path) throws IOException {
        if (Files.deleteIfExists(path)) {
            sync(path.getParent());
        }
    }

    private static void sync(Path folder) throws IOException {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    /** The names of the finished files, sorted; none if there is no such folder. */
    static List<String> names(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> !name.endsWith(UNFINISHED))
                    .sorted()
                    .toList();
        }
    }

    static void deleteAll(Path folder) throws IOException {
        boolean wasThere = Files.exists(folder);
        FileUtils.deleteDirectory(folder.toFile());
        if (wasThere) {
            sync(folder.getParent());
        }
    }
}
