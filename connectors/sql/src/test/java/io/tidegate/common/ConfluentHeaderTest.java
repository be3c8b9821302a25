package io.tidegate.common;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class ConfluentHeaderTest {
    @Test
    void whatIsWrittenIsReadBack() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ConfluentHeader.write(0x01020384, new DataOutputStream(bytes));
        byte[] header = bytes.toByteArray();
        assertArrayEquals(new byte[] {0, 1, 2, 3, (byte) 0x84}, header);
        assertTrue(ConfluentHeader.isPresent(header));
        assertEquals(0x01020384, ConfluentHeader.schemaId(header));
    }

    @Test
    void aShortOrForeignMessageHasNone() {
        assertFalse(ConfluentHeader.isPresent(null));
        assertFalse(ConfluentHeader.isPresent(new byte[] {0, 0, 0, 0}));
        assertFalse(ConfluentHeader.isPresent(new byte[] {1, 0, 0, 0, 7}));
    }
}
