package fn

import "testing"

func TestOperators(t *testing.T) {
	runCalls(t, []callTest{
		{"==", in(1, 1.0), "true"}, {"==", in("long:null", 1), "false"}, {"==", in("long:null", "long:null"), "null"},
		{"!=", in("long:null", 1), "true"}, {"==", in("a", "A"), "false"}, {"=~", in("a", "A"), "true"}, {"!~", in("Ä", "ä"), "false"},
		{"==", in("dynamic:null", ""), "true"}, {"==", in("dynamic:5", "5"), "true"}, {"==", in("dynamic:5", 5), "true"}, {"==", in("dynamic:5.5", 5), "false"},
		{"<", in("long:null", 1), "null"}, {"<", in(1, 1.5), "true"}, {">=", in("b", "a"), "true"}, {"<", in(9007199254740993, 9007199254740992.0), "false"},
		{"between", in(5, 5, 6), "true"}, {"!between", in(5, 5, 6), "false"}, {"between", in("long:null", 1, 2), "null"},
		{"between", in("datetime:2020-01-02", "datetime:2020-01-01", "timespan:2d"), "true"},
		{"around", in(5, 4, 1), "true"}, {"around", in("datetime:2020-01-02", "datetime:2020-01-01", "timespan:23h"), "false"}, {"around", in("long:null", 1, 2), "null"},
		{"+", in(1, 2), "3"}, {"+", in(1, 2.0), "3.0"}, {"/", in(7, 2), "3"}, {"/", in(-7, 2), "-3"}, {"/", in(7, 0), "null"}, {"/", in(7.0, 0), "Infinity"},
		{"%", in(-14, 12), "10"}, {"%", in(14, -12), "2"}, {"%", in(-14, -12), "10"}, {"%", in(5, 0), "null"},
		{"+", in(9223372036854775807, 1), "-9223372036854775808"}, {"-", in("datetime:2020-01-02", "datetime:2020-01-01"), "1.00:00:00"},
		{"+", in("datetime:2020-01-01", "timespan:1h"), "2020-01-01T01:00:00.0000000Z"}, {"*", in(3, "timespan:1s"), "00:00:03"},
		{"/", in("timespan:1h", "timespan:1m"), "60.0"}, {"/", in("timespan:1m", 2.0), "00:00:30"}, {"neg", in(5), "-5"}, {"neg", in("timespan:1s"), "-00:00:01"},
		{"*", in("decimal:1.1", 3), "3.3"}, {"/", in("decimal:1", 3), "0.3333333333333333333333333333333333"},
		{"and", in(false, "bool:null"), "false"}, {"and", in(true, "bool:null"), "null"}, {"or", in(true, "bool:null"), "true"}, {"or", in(false, "bool:null"), "null"},
		{"not", in("bool:null"), "null"}, {"not", in(false), "true"},
		{"in", in("a", "b", "a"), "true"}, {"in", in("a", "dynamic:[\"a\"]"), "true"}, {"in~", in("A", "a"), "true"}, {"!in", in(1, 2, 3), "true"}, {"in", in(1, "dynamic:[2,1]"), "true"}, {"!in", in("long:null", 1), "true"},
		{"bin", in(-7, 5), "-10"}, {"bin", in(7.5, 2), "6.0"}, {"bin", in("datetime:1970-05-11 13:45:07", "timespan:1d"), "1970-05-11T00:00:00.0000000Z"}, {"bin", in(4, 0), "null"},
		{"bin", in("datetime:2024-01-03", "timespan:7d"), "2024-01-01T00:00:00.0000000Z"}, {"bin", in("timespan:16d", "timespan:7d"), "14.00:00:00"},
		{"bin_at", in(6.5, 2.5, 7), "4.5"}, {"bin_at", in("timespan:1h", "timespan:1d", "timespan:12h"), "-12:00:00"},
		{"floor", in(4.5, 1), "4.0"},
	})
}

func TestTerms(t *testing.T) {
	runCalls(t, []callTest{
		{"has", in("North America", "america"), "true"}, {"has", in("North America", "amer"), "false"}, {"has_cs", in("North America", "america"), "false"}, {"!has", in("a-b", "a"), "false"},
		{"has", in("10.0.0.1", "0.0"), "true"}, {"has", in("10.0.0.10", "0.1"), "false"}, {"has", in("a_b", "b"), "true"}, {"has", in("über", "ber"), "false"}, {"has", in("/bin/sh -c", "/bin/sh"), "true"},
		{"has", in("aab ab", "ab"), "true"}, {"hasprefix", in("North America", "ame"), "true"}, {"hasprefix", in("North America", "ica"), "false"}, {"hassuffix", in("North America", "ica"), "true"}, {"!hassuffix_cs", in("North America", "ICA"), "true"},
		{"contains", in("FabriKam", "BRik"), "true"}, {"contains_cs", in("FabriKam", "BRik"), "false"}, {"!contains", in("a", "b"), "true"}, {"startswith", in("Fabrikam", "fab"), "true"}, {"!startswith_cs", in("Fabrikam", "fab"), "true"}, {"endswith", in("Fabrikam", "KAM"), "true"}, {"endswith_cs", in("Fabrikam", "KAM"), "false"},
		{"has_any", in("North America", "x", "north"), "true"}, {"has_any", in("a b", "dynamic:[\"c\",\"b\"]"), "true"}, {"has_all", in("a b", "b", "a"), "true"}, {"has_all", in("a b", "b", "c"), "false"},
		{"matches regex", in("abc123", `\d+$`), "true"}, {"matches regex", in("abc", `\d`), "false"}, {"has", in("dynamic:{\"a\":\"x y\"}", "y"), "true"},
	})
}
