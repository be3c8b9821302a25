from tidegate.contracts.sql_tokens import tokens_of


def test_tokens_know_their_place_and_their_brackets() -> None:
    sql = "select f(`a``b`) -- not this\n, 'it''s'"

    found = [(token.kind, token.text, sql[token.start : token.end], depth) for token, depth in tokens_of(sql)]

    assert found == [
        ("word", "select", "select", 0),
        ("word", "f", "f", 0),
        ("other", "(", "(", 1),
        ("quoted", "`a``b`", "`a``b`", 1),
        ("other", ")", ")", 0),
        ("other", ",", ",", 0),
        ("string", "'it''s'", "'it''s'", 0),
    ]


def test_a_quoted_name_is_an_identifier_without_its_quotes() -> None:
    [(token, _)] = tokens_of("`a``b`")

    assert token.identifier == "a`b"
    assert token.keyword == ""
