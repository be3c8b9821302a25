package io.tidegate.connectors.files;

/**
 * A sum over offsets of rows, in any order, by which a set of rows is known to be another one: a row that is missing, there
 * twice or elsewhere changes it, save for one in 2^64. {@code tidegate/files/places.py} has the same.
 */
final class Places {
    private static final long STEP = 0x9e3779b97f4a7c15L;

    private Places() {}

    /** What an offset adds to the sum, modulo 2^64: splitmix64, https://prng.di.unimi.it/splitmix64.c. */
    static long hash(long offset) {
        long mixed = offset + STEP;
        mixed = (mixed ^ mixed >>> 30) * 0xbf58476d1ce4e5b9L;
        mixed = (mixed ^ mixed >>> 27) * 0x94d049bb133111ebL;
        return mixed ^ mixed >>> 31;
    }
}
