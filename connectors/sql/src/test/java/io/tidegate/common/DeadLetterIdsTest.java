package io.tidegate.common;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import org.junit.jupiter.api.Test;

class DeadLetterIdsTest {
    /** The same id in tests/unit/dead_letters/test_record.py. */
    @Test
    void theIdOfARecordIsTheStartOfTheHashOfItsCoordinatesAndStage() {
        // printf raw.clicks/3/42/decode | sha256sum
        assertEquals(
                "1f553eb0709bd7e5018bc82a88dff82d",
                DeadLetterIds.of(Sha256.newDigest(), "raw.clicks", 3, 42L, "decode", null).toString());
    }

    /** The same id in tests/unit/dead_letters/test_record.py. */
    @Test
    void theNumberOfARowBelongsToItsId() {
        // printf raw.orders/3/42/index/2 | sha256sum
        assertEquals(
                "200b4745227d637e62348912312c7422",
                DeadLetterIds.of(Sha256.newDigest(), "raw.orders", 3, 42L, "index", 2L).toString());
    }

    @Test
    void aDocumentHasAnIdOfItsOwnAtEachStage() {
        var atIndex = DeadLetterIds.ofDocument(Sha256.newDigest(), "metrics-a-2025.11", "2025-11-21_de", "index");
        assertEquals(Names.ID_HEX_DIGITS, atIndex.toString().length());
        assertNotEquals(
                atIndex, DeadLetterIds.ofDocument(Sha256.newDigest(), "metrics-a-2025.11", "2025-11-21_de", "lake"));
    }
}
