package io.tidegate.highavailability;

import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.runtime.persistence.IntegerResourceVersion;
import org.apache.flink.runtime.persistence.StateHandleStore;
import org.apache.flink.runtime.state.RetrievableStateHandle;
import org.apache.flink.runtime.state.RetrievableStreamStateHandle;
import org.apache.flink.util.InstantiationUtil;

/**
 * Objects by name, one file each in one folder.
 *
 * <p>One process only writes here, so that locks are not needed and every version is the first.
 */
final class FileStateHandleStore<T extends Serializable> implements StateHandleStore<T, IntegerResourceVersion> {
    private static final IntegerResourceVersion THERE = IntegerResourceVersion.valueOf(0);

    private final Path folder;

    FileStateHandleStore(Path folder) throws IOException {
        this.folder = WholeFiles.folder(folder);
    }

    @Override
    public RetrievableStateHandle<T> addAndLock(String name, T state) throws IOException, AlreadyExistException {
        if (exists(name).isExisting()) {
            throw new AlreadyExistException(folder.resolve(name) + " is there already.");
        }
        WholeFiles.write(folder.resolve(name), InstantiationUtil.serializeObject(state));
        return handle(name);
    }

    @Override
    public void replace(String name, IntegerResourceVersion version, T state) throws IOException, NotExistException {
        checkExists(name);
        WholeFiles.write(folder.resolve(name), InstantiationUtil.serializeObject(state));
    }

    @Override
    public IntegerResourceVersion exists(String name) {
        return Files.exists(folder.resolve(name)) ? THERE : IntegerResourceVersion.notExisting();
    }

    @Override
    public RetrievableStateHandle<T> getAndLock(String name) throws IOException, NotExistException {
        checkExists(name);
        return handle(name);
    }

    @Override
    public List<Tuple2<RetrievableStateHandle<T>, String>> getAllAndLock() throws IOException {
        List<Tuple2<RetrievableStateHandle<T>, String>> all = new ArrayList<>();
        for (String name : WholeFiles.names(folder)) {
            all.add(Tuple2.of(handle(name), name));
        }
        return all;
    }

    @Override
    public Collection<String> getAllHandles() throws IOException {
        return WholeFiles.names(folder);
    }

    @Override
    public boolean releaseAndTryRemove(String name) throws IOException {
        WholeFiles.delete(folder.resolve(name));
        return true;
    }

    @Override
    public void clearEntries() throws IOException {
        for (String name : WholeFiles.names(folder)) {
            releaseAndTryRemove(name);
        }
    }

    @Override
    public void release(String name) {
        // nothing is ever locked
    }

    @Override
    public void releaseAll() {
        // nothing is ever locked
    }

    @Override
    public String toString() {
        return folder.toString();
    }

    private void checkExists(String name) throws NotExistException {
        if (!exists(name).isExisting()) {
            throw new NotExistException(folder.resolve(name) + " is not there.");
        }
    }

    private RetrievableStateHandle<T> handle(String name) throws IOException {
        Path file = folder.resolve(name);
        return new RetrievableStreamStateHandle<>(new org.apache.flink.core.fs.Path(file.toUri()), Files.size(file));
    }
}
