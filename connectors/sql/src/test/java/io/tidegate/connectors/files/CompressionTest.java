package io.tidegate.connectors.files;

import static io.tidegate.connectors.files.FileReading.read;
import static io.tidegate.connectors.files.FileReading.with;
import static io.tidegate.connectors.files.SplitRowsTest.AB;
import static io.tidegate.connectors.files.SplitRowsTest.end;
import static io.tidegate.connectors.files.SplitRowsTest.shown;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tidegate.connectors.files.FileReading.Found;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.apache.flink.shaded.io.airlift.compress.zstd.ZstdOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CompressionTest {
    private static final String CONTENT = "a,b\n" + "1,2\n3,\"x,y\"\n".repeat(50_000);

    private static byte[] packed(Compression compression, String text) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (OutputStream out = compression == Compression.GZIP ? new GZIPOutputStream(bytes) : new ZstdOutputStream(bytes)) {
            out.write(text.getBytes(UTF_8));
        }
        return bytes.toByteArray();
    }

    @ParameterizedTest
    @EnumSource(names = {"GZIP", "ZSTD"})
    void aPackedFileIsKnownByItsFirstBytesAndHasOffsetsOfWhatIsInIt(Compression compression) throws Exception {
        List<Found> rows = read(with(AB, "split-bytes", "100 b"), packed(compression, CONTENT));

        assertEquals(100_001, rows.size());
        assertNull(end(rows).code());
        assertEquals(CONTENT.length(), end(rows).number("length"));
        assertEquals("[3, x,y]", rows.get(99_999).columns().toString());
        assertEquals(CONTENT.length() - 8, rows.get(99_999).number("offset"));
    }

    /** Wherever it is cut, rows that were whole are right, and the file is at fault. */
    @ParameterizedTest
    @EnumSource(names = {"GZIP", "ZSTD"})
    void aFileThatIsCutOffIsAtFault(Compression compression) throws Exception {
        byte[] packed = packed(compression, "a,b\n1,2\n3,4\n");
        for (int size = compression == Compression.GZIP ? 2 : 4; size < packed.length; size++) {
            List<Found> rows = read(AB, Arrays.copyOf(packed, size));
            assertEquals("BAD_COMPRESSION", end(rows).code(), "of " + size + " bytes");
            assertTrue(end(rows).message().startsWith("cut off or broken: "), end(rows).message());
            assertTrue("[1, 2] [3, 4]".startsWith(shown(rows)), shown(rows));
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"GZIP", "ZSTD"})
    void whatFollowsAPackedFileIsNotPassedOverInSilence(Compression compression) throws Exception {
        byte[] packed = packed(compression, "a,b\n1,2\n");
        for (int more = 1; more < 10; more++) {
            byte[] longer = Arrays.copyOf(packed, packed.length + more);
            Arrays.fill(longer, packed.length, longer.length, (byte) 'x');
            assertEquals("BAD_COMPRESSION", end(read(AB, longer)).code(), more + " bytes");
        }
    }

    @Test
    void severalPackedPartsAreOneFile() throws Exception {
        byte[] first = packed(Compression.GZIP, "a,b\n1,");
        byte[] second = packed(Compression.GZIP, "2\n3,4");

        assertEquals("[1, 2] [3, 4]", shown(read(AB, joined(first, second))));
    }

    /** As pzstd writes one in front, and who wants to seek in a file one behind. */
    @Test
    void framesThatAreToBeSkippedAreNoPartOfAFile() throws Exception {
        byte[] skipped = {0x5e, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 'x', 'y', 'z'};
        byte[] longer = Arrays.copyOf(new byte[] {0x50, 0x2a, 0x4d, 0x18, 0, 0, 3}, 8 + (3 << 16));
        byte[] first = packed(Compression.ZSTD, "a,b\n1,");
        byte[] second = packed(Compression.ZSTD, "2\n3,4");

        for (byte[][] parts : new byte[][][] {
            {skipped, first, second}, {first, skipped, second}, {first, second, skipped}, {skipped, longer, first, longer, second}
        }) {
            List<Found> rows = read(with(AB, "split-bytes", "5 b"), joined(parts));
            assertEquals("[1, 2] [3, 4]", shown(rows));
            assertNull(end(rows).code());
        }
        byte[] whole = joined(first, second, skipped);
        for (int left = 1; left < skipped.length; left++) {
            byte[] cut = Arrays.copyOf(whole, whole.length - skipped.length + left);
            assertEquals("BAD_COMPRESSION", end(read(AB, cut)).code(), left + " bytes of it");
        }
    }

    private static byte[] joined(byte[]... parts) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            bytes.writeBytes(part);
        }
        return bytes.toByteArray();
    }

    @Test
    void anotherPackingThanWasSaidIsAFaultOfTheFile() throws Exception {
        Found gzip = end(read(with(AB, "compression", "none"), packed(Compression.GZIP, CONTENT)));
        assertEquals("BAD_COMPRESSION: it is gzip, but its compression is said to be none", gzip.code() + ": " + gzip.message());

        Found plain = end(read(with(AB, "compression", "zstd", "split-bytes", "3 b"), "a,b\n1,2\n"));
        assertEquals("it is not compressed, but its compression is said to be zstd", plain.message());
    }

    @Test
    void anOutageIsNoFaultOfTheFile() throws Exception {
        byte[] packed = packed(Compression.GZIP, CONTENT);
        InputStream failing = new InputStream() {
            private int at;

            @Override
            public int read() {
                throw new UnsupportedOperationException();
            }

            @Override
            public int read(byte[] bytes, int offset, int length) throws IOException {
                if (at > 0) {
                    throw new IOException("503 Slow Down");
                }
                at = packed.length / 2;
                System.arraycopy(packed, 0, bytes, offset, at);
                return at;
            }
        };
        InputStream unpacked = Compression.GZIP.open(failing);

        IOException outage = assertThrows(IOException.class, () -> unpacked.readAllBytes());
        assertFalse(outage instanceof FileFault);
        assertEquals("503 Slow Down", outage.getMessage());
    }
}
