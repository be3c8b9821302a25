package io.tidegate.connectors.files;

import java.io.IOException;
import org.apache.flink.api.common.serialization.SerializerConfig;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.base.TypeSerializerSingleton;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** The type of rows between the source and the decoder in the same chain: nobody changes them, and they go nowhere else. */
final class FileRowType extends TypeInformation<FileRow> {
    @Override
    public TypeSerializer<FileRow> createSerializer(SerializerConfig config) {
        return new Serializer();
    }

    @Override
    public Class<FileRow> getTypeClass() {
        return FileRow.class;
    }

    @Override
    public boolean isBasicType() {
        return false;
    }

    @Override
    public boolean isTupleType() {
        return false;
    }

    @Override
    public int getArity() {
        return 1;
    }

    @Override
    public int getTotalFields() {
        return 1;
    }

    @Override
    public boolean isKeyType() {
        return false;
    }

    @Override
    public String toString() {
        return "FileRow";
    }

    @Override
    public boolean equals(Object other) {
        return canEqual(other);
    }

    @Override
    public int hashCode() {
        return FileRowType.class.hashCode();
    }

    @Override
    public boolean canEqual(Object other) {
        return other instanceof FileRowType;
    }

    /** Copies nothing, and writes nothing. */
    static final class Serializer extends TypeSerializerSingleton<FileRow> {
        private static final long serialVersionUID = 1L;

        @Override
        public boolean isImmutableType() {
            return true;
        }

        @Override
        public FileRow createInstance() {
            return null;
        }

        @Override
        public FileRow copy(FileRow from) {
            return from;
        }

        @Override
        public FileRow copy(FileRow from, FileRow reuse) {
            return from;
        }

        @Override
        public int getLength() {
            return -1;
        }

        @Override
        public void serialize(FileRow row, DataOutputView target) throws IOException {
            throw outsideOfItsTask();
        }

        @Override
        public FileRow deserialize(DataInputView source) throws IOException {
            throw outsideOfItsTask();
        }

        @Override
        public FileRow deserialize(FileRow reuse, DataInputView source) throws IOException {
            throw outsideOfItsTask();
        }

        @Override
        public void copy(DataInputView source, DataOutputView target) throws IOException {
            throw outsideOfItsTask();
        }

        private static IOException outsideOfItsTask() {
            return new IOException("Rows of files are decoded in the task that reads them: leave pipeline.operator-chaining on.");
        }

        @Override
        public TypeSerializerSnapshot<FileRow> snapshotConfiguration() {
            return new Snapshot();
        }
    }

    /** Nothing is ever written with it. */
    public static final class Snapshot extends SimpleTypeSerializerSnapshot<FileRow> {
        public Snapshot() {
            super(Serializer::new);
        }
    }
}
