package io.tidegate.common;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

class DeadLetterLimitsTest {

    private static final int MAX_RULES = 64;
    private static final int OTHER_FIELDS_BYTES = 16 * 1024;

    /** All parts at their limits, with the message twice and the texts of as many violations as a mask has bits. */
    @Test
    void whateverARecordsSizesAreItsLetterCanBeSent() {
        long most = Names.PAYLOAD_LIMIT_BYTES + Names.KEY_LIMIT_BYTES + 2L * Names.HEADERS_LIMIT_BYTES
                + 2L * 2 * Names.TEXT_LIMIT_BYTES + 3L * MAX_RULES * Names.TEXT_LIMIT_BYTES + OTHER_FIELDS_BYTES;

        assertTrue(most < Names.REQUEST_MAX_BYTES, most + " bytes");
    }

    @RepeatedTest(40)
    void noPartIsLongerThanItsLimit(RepetitionInfo repetition) {
        Random random = new Random(repetition.getCurrentRepetition());
        byte[] key = new byte[random.nextInt(3 * Names.KEY_LIMIT_BYTES)];
        Map<String, byte[]> headers = new LinkedHashMap<>();
        for (int i = random.nextInt(60); i > 0; i--) {
            headers.put("ä".repeat(random.nextInt(2_000)) + i, random.nextInt(9) == 0 ? null : new byte[random.nextInt(20_000)]);
        }
        String text = random.ints(random.nextInt(40_000), 0, 0xd800).collect(
                StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append).toString();

        Map<String, byte[]> kept = DeadLetterLimits.headers(headers);
        assertTrue(DeadLetterLimits.key(key).length <= Names.KEY_LIMIT_BYTES);
        assertTrue(kept.entrySet().stream().mapToLong(header -> header.getKey().getBytes(StandardCharsets.UTF_8).length
                        + (header.getValue() == null ? 0 : header.getValue().length)).sum()
                <= Names.HEADERS_LIMIT_BYTES);
        kept.forEach((name, value) -> assertSame(headers.get(name), value));
        assertTrue(bytes(DeadLetterLimits.text(text)) <= Names.TEXT_LIMIT_BYTES);
        assertTrue(bytes(DeadLetterLimits.message(text, key, headers, 2_000_000)) <= 2 * Names.TEXT_LIMIT_BYTES);
    }

    @Test
    void whatFitsStaysAsItIs() {
        byte[] key = new byte[Names.KEY_LIMIT_BYTES];
        Map<String, byte[]> headers = Map.of("trace", new byte[9]);

        assertSame(key, DeadLetterLimits.key(key));
        assertEquals(headers, DeadLetterLimits.headers(headers));
        assertEquals("why", DeadLetterLimits.message("why", key, headers, Names.PAYLOAD_LIMIT_BYTES));
        assertNull(DeadLetterLimits.key(null));
        assertNull(DeadLetterLimits.headers(null));
        assertNull(DeadLetterLimits.text(null));
        assertEquals("why", DeadLetterLimits.message("why", null, null, null));
    }

    @Test
    void whatIsCutIsTheStartAndIsSaid() {
        byte[] key = new byte[5_000_000];
        key[1] = 7;
        Map<String, byte[]> headers = new LinkedHashMap<>();
        headers.put("large", new byte[1_000_000]);
        headers.put("trace", new byte[9]);

        assertArrayEquals(Arrays.copyOf(key, Names.KEY_LIMIT_BYTES), DeadLetterLimits.key(key));
        assertEquals(java.util.Set.of("trace"), DeadLetterLimits.headers(headers).keySet());
        assertEquals(
                "why (kept are 921600 of 6000000 bytes of the payload, 65536 of 5000000 bytes of the key,"
                        + " 1 of 2 headers, which have 1000019 bytes)",
                DeadLetterLimits.message("why", key, headers, 6_000_000));
        assertTrue(DeadLetterLimits.text("ä".repeat(20_000)).endsWith("ä…"));
    }

    private static int bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }
}
