package io.tidegate.connectors.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tidegate.connectors.avro.AvroTypes;
import io.tidegate.connectors.avro.HeaderFrame;
import io.tidegate.connectors.avro.RecordLimits;
import io.tidegate.connectors.avro.RecordMetadata;
import java.nio.ByteBuffer;
import java.util.List;
import org.apache.flink.table.api.ValidationException;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.util.InstantiationUtil;
import org.junit.jupiter.api.Test;

/** What goes with a record's columns: its schema's id, its bytes, and why it could not be read. */
class ContractJsonDeserializerTest {
    private static final String SCHEMA = """
            {"type": "record", "name": "Reading", "fields": [
              {"name": "id", "type": "string"},
              {"name": "site", "type": ["null", {"type": "record", "name": "Site", "fields": [
                {"name": "kWh", "type": {"type": "bytes", "logicalType": "decimal", "precision": 12, "scale": 2}}]}],
               "default": null},
              {"name": "marks", "type": {"type": "array", "items": "int"}, "default": []}
            ]}""";
    private static final byte[] ID = ByteBuffer.allocate(5).putInt(1, 7).array();
    private static final byte[] GUID = ByteBuffer.allocate(17).put((byte) 1).putLong(3).putLong(4).array();

    private final JsonFormats format;

    ContractJsonDeserializerTest() throws Exception {
        format = new JsonFormats(SCHEMA, UnknownFields.RESCUE);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }

    private static byte[] framed(String text) {
        byte[] body = bytes(text);
        return ByteBuffer.allocate(ID.length + body.length).put(ID).put(body).array();
    }

    private String said(String record) throws Exception {
        return format.metadata(bytes(record), RecordMetadata.ERROR_MESSAGE);
    }

    @Test
    void theIdIsThatOfTheFrameOrHeaderAndZeroWhereThereIsNone() throws Exception {
        String good = "{\"id\": \"a\"}";

        assertEquals("0", format.metadata(bytes(good), RecordMetadata.SCHEMA_ID));
        assertEquals("7", format.metadata(framed(good), RecordMetadata.SCHEMA_ID));
        assertEquals("7", format.metadata(HeaderFrame.marked(ID, bytes(good)), RecordMetadata.SCHEMA_ID));
        assertEquals("0", format.metadata(HeaderFrame.marked(GUID, bytes(good)), RecordMetadata.SCHEMA_ID));
        assertNull(format.metadata(bytes("hello"), RecordMetadata.SCHEMA_ID));
        assertEquals("7", format.metadata(framed("hello"), RecordMetadata.SCHEMA_ID));
    }

    @Test
    void aHeaderThatNamesNoSchemaIsRefused() throws Exception {
        byte[] message = HeaderFrame.marked(new byte[] {2}, bytes("{\"id\": \"a\"}"));

        assertEquals("BAD_MAGIC", format.metadata(message, RecordMetadata.ERROR_CODE));
    }

    @Test
    void aMessageNamesFieldAndValue() throws Exception {
        assertEquals("field 'site.kWh': 1.005 does not fit decimal(12, 2)", said("{\"id\": \"a\", \"site\": {\"kWh\": 1.005}}"));
        assertEquals("field 'id': 7 is not a string", said("{\"id\": 7}"));
        assertEquals("field 'id': missing, and it has no default", said("{}"));
        assertEquals("field 'marks[1]': 'x' is not a whole number of type int", said("{\"id\": \"a\", \"marks\": [1, \"x\"]}"));
        assertEquals("field 'id': the key is there twice", said("{\"id\": \"a\", \"id\": \"b\"}"));
        assertTrue(said("{\"id\": NaN}").startsWith("not JSON: Non-standard token 'NaN' (byte "), said("{\"id\": NaN}"));
        assertTrue(said("{\"id\": NaN}").endsWith("at or after field 'id')"));
        assertTrue(said("hello").startsWith("not JSON: Unrecognized token 'hello'"), said("hello"));
    }

    @Test
    void aLongValueIsCutInAMessage() throws Exception {
        assertTrue(said("{\"id\": " + "9".repeat(100_000) + "}").length() < 150);
        assertTrue(said("x".repeat(100_000)).length() < 250);
        assertNotNull(said("{\"id\": \"a\", \"marks\": \"" + "\\ud83d".repeat(1000) + "\"}"));
    }

    @Test
    void theBytesOfARecordGoWithIt() throws Exception {
        byte[] message = framed("{\"id\": \"a\"}");

        assertEquals(Integer.toString(message.length), format.metadata(message, RecordMetadata.RAW_LENGTH));
        assertNull(format.metadata(message, RecordMetadata.RAW_SHA256));
        assertNotNull(format.metadata(framed("x"), RecordMetadata.RAW_SHA256));
        assertEquals("TOMBSTONE", format.metadata((byte[]) null, RecordMetadata.ERROR_CODE));
        assertEquals("RECORD_TOO_LARGE", format.metadata(new byte[1024 * 1024 + 1], RecordMetadata.ERROR_CODE));
    }

    @Test
    void nothingIsRescuedOfARecordBefore() throws Exception {
        assertEquals("{\"x\": 1}", format.metadata(bytes("{\"id\": \"a\", \"x\": 1}"), RecordMetadata.RESCUED));
        assertNull(format.metadata(bytes("{\"id\": \"a\"}"), RecordMetadata.RESCUED));
        assertNull(format.metadata(bytes("{\"x\": 1}"), RecordMetadata.RESCUED));
    }

    @Test
    void theDecoderTravelsToTheTasks() throws Exception {
        var config = new JsonConfig(SCHEMA, UnknownFields.REJECT, new RecordLimits(1000, 1000));
        var columns = (RowType) AvroTypes.columnType(config.schema());

        assertNotNull(InstantiationUtil.clone(new ContractJsonDeserializer(config, columns, List.of(), null)));
    }

    @Test
    void aSchemaThatIsNoneIsToldByItsOption() {
        var config = new JsonConfig("no json", UnknownFields.REJECT, new RecordLimits(1000, 1000));

        var refused = assertThrows(ValidationException.class, config::schema);
        assertTrue(refused.getMessage().startsWith("Option 'contract-json.schema' is no Avro schema"), refused.getMessage());
    }
}
