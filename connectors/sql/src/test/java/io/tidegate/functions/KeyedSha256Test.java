package io.tidegate.functions;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.security.GeneralSecurityException;
import java.util.Random;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;

class KeyedSha256Test {
    @Test
    void itIsWhatJavasOwnMacGives() throws GeneralSecurityException {
        Random random = new Random(1);
        for (int keyLength = 1; keyLength < 200; keyLength++) {
            byte[] key = randomBytes(random, keyLength);
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            KeyedSha256 keyed = new KeyedSha256(key);
            for (int i = 0; i < 10; i++) {
                byte[] value = randomBytes(random, random.nextInt(150));
                assertArrayEquals(mac.doFinal(value), keyed.of(value));
            }
        }
    }

    private static byte[] randomBytes(Random random, int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }
}
