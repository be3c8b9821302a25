package io.tidegate.connectors.files;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.EnumMap;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.apache.iceberg.shaded.io.airlift.compress.Decompressor;
import org.apache.iceberg.shaded.io.airlift.compress.lz4.Lz4Decompressor;
import org.apache.iceberg.shaded.io.airlift.compress.snappy.SnappyDecompressor;
import org.apache.iceberg.shaded.io.airlift.compress.zstd.ZstdDecompressor;
import org.apache.iceberg.shaded.org.apache.parquet.bytes.BytesInput;
import org.apache.iceberg.shaded.org.apache.parquet.compression.CompressionCodecFactory;
import org.apache.iceberg.shaded.org.apache.parquet.hadoop.metadata.CompressionCodecName;

/** How the pages of a file of Parquet are unpacked: without Hadoop's codecs, of which some need libraries of the machine. */
final class ParquetCodecs implements CompressionCodecFactory {
    /** A longer page is none that anybody wrote: who believes what a broken one says of its size is out of memory. */
    static final int MAX_PAGE_BYTES = 256 * 1024 * 1024;

    private interface Unpack {
        /** All of {@code packed}, which fills {@code bytes} if it is what it is said to be; tells how many bytes came. */
        int into(byte[] bytes, byte[] packed) throws IOException;
    }

    private static final Map<CompressionCodecName, Unpack> READ = new EnumMap<>(Map.of(
            CompressionCodecName.UNCOMPRESSED, ParquetCodecs::copy,
            CompressionCodecName.GZIP, ParquetCodecs::gunzip,
            CompressionCodecName.SNAPPY, (bytes, packed) -> decompress(new SnappyDecompressor(), bytes, packed),
            CompressionCodecName.LZ4_RAW, (bytes, packed) -> decompress(new Lz4Decompressor(), bytes, packed),
            CompressionCodecName.ZSTD, (bytes, packed) -> decompress(new ZstdDecompressor(), bytes, packed)));

    static boolean isRead(CompressionCodecName codec) {
        return READ.containsKey(codec);
    }

    @Override
    public BytesInputCompressor getCompressor(CompressionCodecName codec) {
        throw new UnsupportedOperationException("files are only read");
    }

    @Override
    public BytesInputDecompressor getDecompressor(CompressionCodecName codec) {
        return new Pages(READ.get(codec));
    }

    @Override
    public void release() {
        // Nothing is held.
    }

    private static int copy(byte[] bytes, byte[] packed) {
        System.arraycopy(packed, 0, bytes, 0, Math.min(packed.length, bytes.length));
        return packed.length;
    }

    private static int gunzip(byte[] bytes, byte[] packed) throws IOException {
        try (GZIPInputStream unpacked = new GZIPInputStream(new ByteArrayInputStream(packed))) {
            int count = unpacked.readNBytes(bytes, 0, bytes.length);
            return unpacked.read() < 0 ? count : bytes.length + 1;
        }
    }

    private static int decompress(Decompressor decompressor, byte[] bytes, byte[] packed) {
        return decompressor.decompress(packed, 0, packed.length, bytes, 0, bytes.length);
    }

    private record Pages(Unpack unpack) implements BytesInputDecompressor {
        @Override
        public BytesInput decompress(BytesInput packed, int size) throws IOException {
            return BytesInput.from(unpacked(packed.toByteArray(), size));
        }

        @Override
        public void decompress(ByteBuffer packed, int packedSize, ByteBuffer into, int size) throws IOException {
            byte[] bytes = new byte[packedSize];
            packed.get(bytes);
            into.put(unpacked(bytes, size)).flip();
        }

        private byte[] unpacked(byte[] packed, int size) throws IOException {
            if (size < 0 || size > MAX_PAGE_BYTES) {
                throw new IOException("a page of " + size + " bytes");
            }
            byte[] bytes = new byte[size];
            int count = size == 0 ? 0 : unpack.into(bytes, packed);
            if (count != size) {
                throw new IOException("a page has other bytes than the " + size + " that it is said to have");
            }
            return bytes;
        }

        @Override
        public void release() {
            // Nothing is held.
        }
    }
}
