package io.tidegate.functions;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.apache.flink.table.api.EnvironmentSettings;
import org.apache.flink.table.api.TableEnvironment;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.functions.UserDefinedFunction;
import org.apache.flink.types.Row;
import org.apache.flink.util.CloseableIterator;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The functions as a job calls them: through SQL. */
class FunctionsTest {
    /** All calls in one query, because each query starts a cluster; on columns, so that the planner folds nothing. */
    private static final String QUERY = """
            SELECT
              HmacSha256(ip) AS pseudonym,
              HmacSha256(missing) AS no_pseudonym,
              Sha256Hex(CAST(abc AS BYTES)) AS full_hash,
              Sha256Hex(CAST(missing AS BYTES)) AS no_hash,
              DeadLetterId(topic, 3, `offset`, 'decode') AS dead_letter_id,
              DeadLetterId('raw.orders', 3, `offset`, 'index', bits_0_2 - 3) AS row_id,
              DeadLetterId(topic, 3, `offset`, 'decode', CAST(missing AS BIGINT)) AS no_row_id,
              Violations(bits_0_2, rules) AS violations,
              Violations(no_bits, rules) AS no_violations,
              Violations(CAST(missing AS BIGINT), rules) AS unknown_violations,
              RuleNames(bits_0_2, 'a,b,c') AS names,
              RuleNames(no_bits, '') AS no_names,
              FirstRuleName(bits_0_2 - 1, 'a,b,c') AS first_name,
              FirstRuleName(no_bits, 'a,b,c') AS no_first_name,
              DeadLetterKey(CAST(REPEAT(abc, 30000) AS BYTES)) AS kept_key,
              DeadLetterKey(CAST(missing AS BYTES)) AS no_key,
              DeadLetterHeadersKept(MAP[abc, CAST(abc AS BYTES), ip, CAST(REPEAT(abc, 50000) AS BYTES)]) AS kept_headers,
              DeadLetterHeadersKept(CAST(NULL AS MAP<STRING, BYTES>)) AS no_headers,
              DeadLetterMessage(REPEAT(abc, 9000), CAST(REPEAT(abc, 30000) AS BYTES),
                MAP[abc, CAST(REPEAT(abc, 50000) AS BYTES)], 1000000) AS cut_message,
              DeadLetterMessage(abc, CAST(NULL AS BYTES), CAST(NULL AS MAP<STRING, BYTES>), CAST(NULL AS INT)) AS whole_message,
              ConnectHeaders(topic, 3, `offset`, 'decode', 'BAD_MAGIC', missing) AS headers,
              IsAmong(`offset`, 'KoIB') AS is_first,
              IsAmong(`offset` + 130, 'KoIB') AS is_second,
              IsAmong(`offset` + 1, 'KoIB') AS is_between,
              IsAmong(`offset`, '') AS is_among_none
            FROM (VALUES
              ('10.1.2.3', 'abc', CAST(NULL AS STRING), 'raw.clicks', CAST(42 AS BIGINT), CAST(5 AS BIGINT), CAST(0 AS BIGINT), '%s'))
              AS t(ip, abc, missing, topic, `offset`, bits_0_2, no_bits, rules)""";
    private static final String RULES = "first\tquantity\tis too low\nsecond\tprice\tis negative\nthird\turl\tis: empty";
    private static Row answers;

    @BeforeAll
    static void runQuery() throws Exception {
        TableEnvironment sql = TableEnvironment.create(EnvironmentSettings.inBatchMode());
        for (Class<? extends UserDefinedFunction> function : List.of(
                HmacSha256.class, Sha256Hex.class, DeadLetterId.class, Violations.class, RuleNames.class, FirstRuleName.class,
                ConnectHeaders.class, IsAmong.class, DeadLetterKey.class, DeadLetterHeadersKept.class, DeadLetterMessage.class)) {
            sql.executeSql("CREATE TEMPORARY SYSTEM FUNCTION " + function.getSimpleName() + " AS '" + function.getName()
                    + "' LANGUAGE JAVA");
        }
        try (CloseableIterator<Row> rows = sql.executeSql(QUERY.formatted(RULES)).collect()) {
            answers = rows.next();
        }
    }

    @Test
    void aPseudonymIsTheStartOfTheKeyedHash() {
        // printf 10.1.2.3 | openssl dgst -sha256 -hmac unit-test-key
        assertEquals("aaecf576b8c16c792aebb0e69783d66c", answers.getField("pseudonym"));
        assertNull(answers.getField("no_pseudonym"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "null"})
    void withoutAKeyNothingIsPseudonymised(String key) {
        var error = assertThrows(IllegalStateException.class, () -> HmacSha256.keyed("null".equals(key) ? null : key));
        assertTrue(error.getMessage().startsWith("TIDEGATE_PRIVACY_KEY is not set"));
    }

    @Test
    void aHashIsAllOfSha256() {
        assertEquals("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", answers.getField("full_hash"));
        assertNull(answers.getField("no_hash"));
    }

    @Test
    void aDeadLetterIdDependsOnCoordinatesAndStage() {
        // printf raw.clicks/3/42/decode | sha256sum
        assertEquals("1f553eb0709bd7e5018bc82a88dff82d", answers.getField("dead_letter_id"));
        assertEquals("1f553eb0709bd7e5018bc82a88dff82d", answers.getField("no_row_id"));
        assertEquals("200b4745227d637e62348912312c7422", answers.getField("row_id"));
    }

    @Test
    void violationsAreTheRulesOfTheSetBits() {
        assertArrayEquals(
                new Row[] {Row.of("first", "quantity", "is too low"), Row.of("third", "url", "is: empty")},
                (Row[]) answers.getField("violations"));
        assertArrayEquals(new Row[0], (Row[]) answers.getField("no_violations"));
        assertArrayEquals(new Row[0], (Row[]) answers.getField("unknown_violations"));
    }

    @Test
    void ruleNamesAreThoseOfTheSetBits() {
        assertArrayEquals(new String[] {"a", "c"}, (String[]) answers.getField("names"));
        assertArrayEquals(new String[0], (String[]) answers.getField("no_names"));
        assertEquals("c", answers.getField("first_name"));
        assertNull(answers.getField("no_first_name"));
    }

    @Test
    void aBitWithoutARuleIsRefused() {
        RuleTable rules = new RuleTable(",", "\n", 1);
        var error = assertThrows(
                IllegalArgumentException.class,
                () -> rules.matching(8, StringData.fromString("a,b,c")));
        assertTrue(error.getMessage().startsWith("Bit 3 of the mask has no rule"));
    }

    @Test
    void whatADeadLetterKeepsOfItsRecordIsBounded() {
        assertEquals(65_536, ((byte[]) answers.getField("kept_key")).length);
        assertEquals(java.util.Set.of("abc"), ((Map<?, ?>) answers.getField("kept_headers")).keySet());
        assertNull(answers.getField("no_key"));
        assertNull(answers.getField("no_headers"));
        assertEquals("abc", answers.getField("whole_message"));
        assertTrue(answers.getField("cut_message").toString().endsWith(
                "… (kept are 921600 of 1000000 bytes of the payload, 65536 of 90000 bytes of the key,"
                        + " 0 of 1 headers, which have 150003 bytes)"));
    }

    @Test
    void headersAreNamedAsKafkaConnectNamesThem() {
        @SuppressWarnings("unchecked")
        var headers = (Map<String, byte[]>) answers.getField("headers");
        assertEquals(5, headers.size());
        assertHeader("raw.clicks", headers.get("__connect.errors.topic"));
        assertHeader("3", headers.get("__connect.errors.partition"));
        assertHeader("42", headers.get("__connect.errors.offset"));
        assertHeader("decode", headers.get("__connect.errors.stage"));
        assertHeader("BAD_MAGIC", headers.get("__connect.errors.exception.class.name"));
    }

    private static void assertHeader(String text, byte[] value) {
        assertEquals(text, new String(value, StandardCharsets.UTF_8));
    }

    /** The text holds 42 and 172: a byte 42, then 130 as 0x82 0x01. */
    @Test
    void aNumberIsFoundAmongItsEncodedOnesOnly() {
        assertEquals(true, answers.getField("is_first"));
        assertEquals(true, answers.getField("is_second"));
        assertEquals(false, answers.getField("is_between"));
        assertEquals(false, answers.getField("is_among_none"));
    }
}
