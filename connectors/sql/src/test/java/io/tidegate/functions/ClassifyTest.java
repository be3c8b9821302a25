package io.tidegate.functions;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Random;
import org.apache.flink.table.data.StringData;
import org.junit.jupiter.api.Test;

class ClassifyTest {
    private static final StringData RULES = StringData.fromString("bot=robot,ab=first,b=second,bc=third,é=accent");
    private static final StringData OTHER = StringData.fromString("other");

    private final Classify classify = new Classify();

    private String of(String text) {
        return classify.eval(text == null ? null : StringData.fromString(text), RULES, OTHER).toString();
    }

    @Test
    void theFirstListedWordDecidesWhereverItStands() {
        assertEquals("first", of("bc ... ab"));
        assertEquals("robot", of("ab bc robot"));
        assertEquals("second", of("bc"));
        assertEquals("accent", of("café"));
    }

    @Test
    void whatContainsNoneIsOtherwise() {
        assertEquals("other", of(""));
        assertEquals("other", of("xyz"));
        assertEquals("other", of("a"));
        assertEquals("other", of(null));
    }

    @Test
    void itAgreesWithAChainOfContains() {
        Random random = new Random(3);
        for (int i = 0; i < 20_000; i++) {
            StringBuilder text = new StringBuilder();
            for (int length = random.nextInt(12); length > 0; length--) {
                text.append("abcoté".charAt(random.nextInt(6)));
            }
            String expected = "other";
            for (String rule : RULES.toString().split(",")) {
                if (text.indexOf(rule.split("=")[0]) >= 0) {
                    expected = rule.split("=")[1];
                    break;
                }
            }
            assertEquals(expected, of(text.toString()), text.toString());
        }
    }

    @Test
    void aRuleWithoutItsClassIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> classify.eval(OTHER, StringData.fromString("bot"), OTHER));
    }
}
