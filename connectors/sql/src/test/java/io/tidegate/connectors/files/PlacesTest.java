package io.tidegate.connectors.files;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The numbers are those of {@code tests/unit/files/test_places.py}. */
class PlacesTest {
    @ParameterizedTest
    @CsvSource({
        "0, -2152535657050944081",
        "1, -7995527694508729151",
        "4096, -2937866217637118265",
        "1099511627776, 2296115805719413641",
        "9223372036854775807, 3055647633038352039"
    })
    void anOffsetIsMixed(long offset, long hash) {
        assertEquals(hash, Places.hash(offset));
    }

    @Test
    void theSumGoesAround() {
        long sum = LongStream.range(0, 1299).map(row -> Places.hash(77 * row)).sum();
        assertEquals(-4865571126458908797L, sum);
    }
}
