package io.tidegate.connectors.files;

import io.tidegate.common.ErrorCode;
import io.tidegate.connectors.avro.BadRecord;
import java.io.IOException;
import java.io.Serializable;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RichFlatMapFunction;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.api.common.serialization.RuntimeContextInitializationContextAdapters;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.util.Collector;

/**
 * Decodes a row's bytes as a record's are decoded that comes out of a topic. What follows in the chain runs within the
 * decoder's {@code collect}, so that a row that SQL fails for comes once more, with the reason.
 */
final class FileDecoder extends RichFlatMapFunction<FileRow, RowData> {
    /** The place of a field that no row of a file has. */
    static final int NOTHING = Integer.MAX_VALUE;

    private static final long serialVersionUID = 1L;

    private final DeserializationSchema<RowData> decoder;
    private final Fields fields;
    private final int rawMaxBytes;

    private transient Beside beside;

    /**
     * What a row is made of.
     *
     * @param columns that are decoded; behind them a decoded row has its error's code and message, and then other metadata
     * @param decodedArity fields of a decoded row
     * @param places of each field of a row, its number among what is decoded, or of the source's metadata, from -1 downwards,
     *     or {@link #NOTHING}
     */
    record Fields(int columns, int decodedArity, int[] places) implements Serializable {}

    FileDecoder(DeserializationSchema<RowData> decoder, Fields fields, int rawMaxBytes) {
        this.decoder = decoder;
        this.fields = fields;
        this.rawMaxBytes = rawMaxBytes;
    }

    @Override
    public void open(OpenContext context) throws Exception {
        decoder.open(RuntimeContextInitializationContextAdapters.deserializationAdapter(getRuntimeContext()));
        beside = new Beside();
    }

    @Override
    public void flatMap(FileRow row, Collector<RowData> out) throws IOException {
        beside.row = row;
        beside.out = out;
        byte[] text = null;
        try {
            text = row.end() == null ? text(row) : null;
        } catch (BadRecord bad) {
            beside.collect(undecoded(bad.code().name(), bad.getMessage()));
            return;
        }
        if (text != null) {
            decoder.deserialize(text, beside);
            return;
        }
        FileFault fault = row.end().fault();
        beside.collect(undecoded(fault == null ? null : fault.code().name(), fault == null ? null : fault.getMessage()));
    }

    /** In UTF-8, which decoders read. */
    private byte[] text(FileRow row) {
        if (row.fault() != null) {
            throw row.fault();
        }
        byte[] text = row.part().encoding().utf8(row.line().bytes());
        if (decoder instanceof CsvDeserializer csv) {
            csv.use(row.part().header());
        } else if (text.length > 0 && text[0] == 0) {
            // Behind it, a topic's record names its schema.
            throw new BadRecord(ErrorCode.NOT_JSON, "not JSON: a byte of zero (byte 0)");
        }
        return text;
    }

    private GenericRowData undecoded(String code, String message) {
        GenericRowData row = new GenericRowData(fields.decodedArity);
        row.setField(fields.columns, StringData.fromString(code));
        row.setField(fields.columns + 1, StringData.fromString(message));
        return row;
    }

    /** Puts what the row has of its own beside what was decoded. */
    private final class Beside implements Collector<RowData> {
        private final FileMetadata[] own = FileMetadata.values();
        private FileRow row;
        private Collector<RowData> out;

        @Override
        public void collect(RowData decoded) {
            GenericRowData values = (GenericRowData) decoded;
            boolean isBad = values.getField(fields.columns) != null;
            int[] places = fields.places;
            GenericRowData found = new GenericRowData(places.length);
            for (int i = 0; i < places.length; i++) {
                int place = places[i];
                if (place != NOTHING) {
                    found.setField(i, place < 0 ? own[-1 - place].of(row, isBad, rawMaxBytes) : values.getField(place));
                }
            }
            out.collect(found);
        }

        @Override
        public void close() {
            // The chain's end is not its own to close.
        }
    }
}
