package io.tidegate.connectors.files;

import io.tidegate.common.ErrorCode;
import io.tidegate.connectors.avro.AvroTypes;
import io.tidegate.connectors.avro.BadRecord;
import io.tidegate.connectors.avro.ContractDeserializer;
import io.tidegate.connectors.avro.HeaderFrame;
import io.tidegate.connectors.avro.ReaderCompiler;
import io.tidegate.connectors.avro.RecordLimits;
import io.tidegate.connectors.avro.RecordMetadata;
import io.tidegate.connectors.avro.SentNames;
import io.tidegate.connectors.json.JsonValues;
import io.tidegate.connectors.json.UnknownFields;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.avro.shaded.org.apache.avro.Schema;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.types.logical.RowType;

/** Reads rows of CSV in UTF-8, under the header of the file that they are of. All fields are read, as from JSON. */
final class CsvDeserializer extends ContractDeserializer {
    /** A row names no schema: no registry gives out this id. */
    private static final int NO_ID = 0;

    private final CsvConfig config;

    private transient CsvCells cells;
    private transient CsvHeader header;
    private transient Field[] fields;
    private transient byte[][] nulls;
    private transient byte[] foreignNull;
    private transient Object[] template;

    /** @param column -1 for a field that no column asks for */
    private record Field(String name, CellReader reader, int column, boolean isNullable) {}

    CsvDeserializer(CsvConfig config, RowType columns, List<RecordMetadata> metadata, TypeInformation<RowData> producedType) {
        super(new RecordLimits(Integer.MAX_VALUE, Integer.MAX_VALUE), columns, metadata, producedType);
        this.config = config;
    }

    @Override
    public void open(InitializationContext context) {
        super.open(context);
        cells = new CsvCells(config.dialect());
        nulls = config.nulls().stream().map(text -> text.getBytes(StandardCharsets.UTF_8)).toArray(byte[][]::new);
        foreignNull = config.nulls().contains("\\N") ? null : "\\N".getBytes(StandardCharsets.UTF_8);
        List<Schema.Field> known = config.schema().getFields();
        fields = known.stream().map(this::field).toArray(Field[]::new);
        template = new Object[columns().getFieldCount() + metadataColumns()];
        for (Schema.Field field : known) {
            int column = fields[field.pos()].column;
            if (field.hasDefaultValue() && column >= 0) {
                template[column] = ReaderCompiler.defaultValue(field, columns().getTypeAt(column));
            }
        }
    }

    private Field field(Schema.Field field) {
        boolean isNullable = field.hasDefaultValue() || AvroTypes.isNullable(field.schema());
        return new Field(SentNames.of(field), CellReaders.of(field), columns().getFieldIndex(field.name()), isNullable);
    }

    /** Of the file that the next rows are of. */
    void use(CsvHeader found) {
        header = found;
    }

    @Override
    protected GenericRowData decode(byte[] value, HeaderFrame frame) {
        cells.read(value);
        int[] places = header.fields();
        if (cells.count() != places.length) {
            throw new BadRecord(ErrorCode.CELL_COUNT, cells.count() + " cells under " + places.length + " columns");
        }
        GenericRowData row = GenericRowData.of(template.clone());
        for (int cell = 0; cell < places.length; cell++) {
            if (places[cell] >= 0) {
                cells.select(cell);
                readInto(row, fields[places[cell]]);
            }
        }
        return row;
    }

    /** An empty cell leaves the field at its default. */
    private void readInto(GenericRowData row, Field field) {
        try {
            if (!isNull()) {
                Object value = field.reader.read(cells);
                if (field.column >= 0) {
                    row.setField(field.column, value);
                }
            } else if (!field.isNullable) {
                throw JsonValues.bad("null, but the field may not be null");
            }
        } catch (BadRecord bad) {
            throw bad.inField(field.name);
        }
    }

    private boolean isNull() {
        for (byte[] text : nulls) {
            if (cells.is(text)) {
                return true;
            }
        }
        if (foreignNull != null && cells.is(foreignNull)) {
            throw JsonValues.bad("\\N is how MySQL writes null; name it in csv.null, or leave the cell empty");
        }
        return false;
    }

    @Override
    protected Object metadata(RecordMetadata key, byte[] value, HeaderFrame frame, BadRecord error) throws IOException {
        return switch (key) {
            case SCHEMA_ID -> error == null ? NO_ID : null;
            case RESCUED -> error == null && config.unknownColumns() == UnknownFields.RESCUE ? rescued() : null;
            default -> super.metadata(key, value, frame, error);
        };
    }

    /** The cells that no field takes, as one JSON object of their columns' names and their texts. */
    private StringData rescued() {
        StringBuilder text = new StringBuilder();
        for (int cell = 0; cell < header.fields().length; cell++) {
            if (header.fields()[cell] < 0) {
                cells.select(cell);
                text.append(text.isEmpty() ? "{\"" : ", \"").append(JsonValues.quoted(header.names().get(cell)));
                text.append("\": \"").append(JsonValues.quoted(cells.text())).append('"');
            }
        }
        return text.isEmpty() ? null : StringData.fromString(text.append('}').toString());
    }
}
