package io.tidegate.connectors.opensearch;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.apache.flink.connector.base.sink.writer.AsyncSinkWriterStateSerializer;
import org.apache.flink.connector.base.sink.writer.BufferedRequestState;

/** Keeps the documents that wait at a checkpoint, in a form that doesn't depend on Java's own serialization. */
final class DocumentEntrySerializer extends AsyncSinkWriterStateSerializer<DocumentEntry> {

    private static final int VERSION = 2;

    /** The version of the state that is being read: the first knew no rows. */
    private int read = VERSION;

    @Override
    public int getVersion() {
        return VERSION;
    }

    @Override
    public BufferedRequestState<DocumentEntry> deserialize(int version, byte[] state) throws IOException {
        read = version;
        return super.deserialize(version, state);
    }

    @Override
    protected void serializeRequestToStream(DocumentEntry entry, DataOutputStream out) throws IOException {
        writeBytes(entry.json(), out);
        DocumentEntry.Address address = entry.address();
        if (present(address, out)) {
            writeText(address.index(), out);
            writeText(address.id(), out);
            writeLong(address.version(), out);
        }
        DocumentEntry.SourceRecord source = entry.source();
        if (present(source, out)) {
            writeText(source.topic(), out);
            out.writeInt(source.partition());
            out.writeLong(source.offset());
            writeLong(source.timestampMs(), out);
            writeLong(source.schemaId() == null ? null : source.schemaId().longValue(), out);
            writeLong(source.row(), out);
        }
        DocumentEntry.Rejection rejection = entry.rejection();
        if (present(rejection, out)) {
            writeText(rejection.code(), out);
            writeText(rejection.message(), out);
        }
    }

    @Override
    protected DocumentEntry deserializeRequestFromStream(long requestSize, DataInputStream in) throws IOException {
        byte[] json = readBytes(in);
        DocumentEntry.Address address =
                in.readBoolean() ? new DocumentEntry.Address(readText(in), readText(in), readLong(in)) : null;
        DocumentEntry.SourceRecord source = in.readBoolean() ? readSource(in) : null;
        DocumentEntry.Rejection rejection =
                in.readBoolean() ? new DocumentEntry.Rejection(readText(in), readText(in)) : null;
        return new DocumentEntry(address, json, source, rejection);
    }

    private DocumentEntry.SourceRecord readSource(DataInputStream in) throws IOException {
        String topic = readText(in);
        int partition = in.readInt();
        long offset = in.readLong();
        Long timestampMs = readLong(in);
        Long schemaId = readLong(in);
        Long row = read < 2 ? null : readLong(in);
        return new DocumentEntry.SourceRecord(
                topic, partition, offset, timestampMs, schemaId == null ? null : schemaId.intValue(), row);
    }

    private static boolean present(Object part, DataOutputStream out) throws IOException {
        out.writeBoolean(part != null);
        return part != null;
    }

    private static void writeText(String text, DataOutputStream out) throws IOException {
        writeBytes(text.getBytes(StandardCharsets.UTF_8), out);
    }

    private static String readText(DataInputStream in) throws IOException {
        return new String(readBytes(in), StandardCharsets.UTF_8);
    }

    private static void writeBytes(byte[] bytes, DataOutputStream out) throws IOException {
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    private static byte[] readBytes(DataInputStream in) throws IOException {
        byte[] bytes = new byte[in.readInt()];
        in.readFully(bytes);
        return bytes;
    }

    private static void writeLong(Long number, DataOutputStream out) throws IOException {
        if (present(number, out)) {
            out.writeLong(number);
        }
    }

    private static Long readLong(DataInputStream in) throws IOException {
        return in.readBoolean() ? in.readLong() : null;
    }
}
