package io.tidegate.connectors.avro;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import org.apache.flink.avro.shaded.org.apache.avro.io.BinaryEncoder;
import org.apache.flink.avro.shaded.org.apache.avro.io.EncoderFactory;
import org.apache.flink.table.data.StringData;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AvroOutputTest {
    private static final int AROUND_THE_FIRST_GROWTH = 1030;

    @ParameterizedTest
    @ValueSource(strings = {"string", "bytes", "float", "double", "long", "byte"})
    void everyTypeMayBeTheOneThatMakesTheBufferGrow(String type) throws IOException {
        for (int before = 0; before <= AROUND_THE_FIRST_GROWTH; before++) {
            AvroOutput output = new AvroOutput();
            ByteArrayOutputStream expected = new ByteArrayOutputStream();
            BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(expected, null);
            output.writeBytes(new byte[before]);
            encoder.writeBytes(new byte[before]);
            write(type, output, encoder);
            encoder.flush();
            assertArrayEquals(expected.toByteArray(), output.toByteArray(), type + " after " + before + " bytes");
        }
    }

    private static void write(String type, AvroOutput output, BinaryEncoder encoder) throws IOException {
        switch (type) {
            case "string" -> {
                output.writeString(StringData.fromString("tide"));
                encoder.writeString("tide");
            }
            case "bytes" -> {
                output.writeBytes(new byte[] {1, 2});
                encoder.writeBytes(new byte[] {1, 2});
            }
            case "float" -> {
                output.writeFloat(1.5f);
                encoder.writeFloat(1.5f);
            }
            case "double" -> {
                output.writeDouble(2.5);
                encoder.writeDouble(2.5);
            }
            case "long" -> {
                output.writeLong(Long.MIN_VALUE);
                encoder.writeLong(Long.MIN_VALUE);
            }
            default -> {
                output.writeByte(1);
                encoder.writeBoolean(true);
            }
        }
    }
}
