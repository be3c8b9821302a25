package io.tidegate.connectors.avro;

import io.tidegate.common.ConfluentHeader;
import java.io.IOException;
import org.apache.flink.api.common.serialization.SerializationSchema;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.types.logical.RowType;

/** Writes each row as one framed Avro record under the schema's registered id. */
final class ContractAvroSerializer implements SerializationSchema<RowData> {
    private final FormatConfig config;
    private final RowType columns;

    private transient int schemaId;
    private transient RecordWriter writer;
    private transient AvroOutput output;

    ContractAvroSerializer(FormatConfig config, RowType columns) {
        this.config = config;
        this.columns = columns;
    }

    /** @throws IOException if the schema is not registered, or the registry is out of reach */
    @Override
    public void open(InitializationContext context) throws IOException {
        schemaId = config.registry().idOf(config.requiredSubject(), config.schemaJson());
        writer = WriterCompiler.compile(config.schema(), columns);
        output = new AvroOutput();
    }

    @Override
    public byte[] serialize(RowData row) {
        output.clear();
        output.writeByte(ConfluentHeader.MAGIC);
        output.writeBigEndianInt(schemaId);
        writer.write(row, output);
        return output.toByteArray();
    }
}
