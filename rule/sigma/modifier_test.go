package sigma

import "testing"

// Every modifier: the members of a selection, and what they compile to. Field
// names are paths here.
func TestModifiers(t *testing.T) {
	placeholders := map[string][]string{"admins": {"root", "adm_*"}, "host": {"h1"}, "none": {}}
	for _, c := range []struct{ in, want string }{
		// Values.
		{`f: a`, `raw.f = "a"`},
		{`f: 403`, `raw.f = 403`},
		{`f: '403'`, `raw.f = 403`},
		{`f: 0x1F`, `raw.f = 31`},
		{`f: '0x1F'`, `raw.f = "0x1F"`},
		{`f: 1.5`, `raw.f = 1.5`},
		{`f: True`, `raw.f = "true"`},
		{`f: 2024-01-02`, `raw.f = "2024-01-02"`},
		{`f: null`, `raw.f is null`},
		{`f:`, `raw.f is null`},
		{`f: ''`, `raw.f = ""`},
		{`f: '*'`, `raw.f fits "*"`},
		{`f: [a, b]`, `raw.f = any of ("a", "b")`},
		{`f: [a, 'b*']`, `raw.f = "a" or raw.f starts with "b"`},
		{`f: [a]`, `raw.f = "a"`},
		{"f: a\ng: b", `raw.f = "a" and raw.g = "b"`},
		{"- f: a\n- g: b", `raw.f = "a" or raw.g = "b"`},
		{"- f: a\n  h: c\n- word", `raw.f = "a" and raw.h = "c" or the event contains "word"`},
		{`f: &x [a, b]` + "\ng: *x", `raw.f = any of ("a", "b") and raw.g = any of ("a", "b")`},
		// Keywords.
		{"- evil\n- 4624", `the event contains any of ("evil", 4624)`},
		{"- 'e*l'\n- '*x*'", `the event contains any of ("e*l", "x")`},
		{`'|all': [a, b]`, `the event contains all of ("a", "b")`},
		{`'|cased': [a, b]`, `the event contains any of ("a", "b") cased`},
		{`'|contains': a`, `the event contains "a"`},
		{`'|base64': a`, `the event contains "YQ=="`},
		// Text.
		{`f|contains: a`, `raw.f contains "a"`},
		{`f|contains: 'a*b'`, `raw.f fits "*a*b*"`},
		{`f|contains: '\*'`, `raw.f contains "*"`},
		{`f|contains|all: [a, b]`, `raw.f contains all of ("a", "b")`},
		{`f|all|contains: [a, b]`, `raw.f contains all of ("a", "b")`},
		{`f|startswith: a`, `raw.f starts with "a"`},
		{`f|endswith: '\x'`, `raw.f ends with "\\x"`},
		{`f|startswith: [a, b]`, `raw.f starts with any of ("a", "b")`},
		{`f|startswith: '*a'`, `raw.f contains "a"`},
		{`f|contains: ''`, `raw.f fits "*"`},
		{`f|cased: A`, `raw.f = "A" cased`},
		{`f|contains|cased: A`, `raw.f contains "A" cased`},
		// Not equal.
		{`f|neq: a`, `not raw.f = "a"`},
		{`f|neq: [a, b]`, `not raw.f = any of ("a", "b")`},
		{`f|neq: 5`, `not raw.f = 5`},
		{`f|neq: null`, `not raw.f is null`},
		{`f|contains|neq: a`, `not raw.f contains "a"`},
		{`f|neq|contains|all: [a, b]`, `not raw.f contains all of ("a", "b")`},
		// Encodings.
		{`f|base64: 'abc'`, `raw.f = "YWJj"`},
		{`f|base64|contains: 'abcd'`, `raw.f contains "YWJjZA=="`},
		{`f|base64offset|contains: foobar`, `raw.f contains any of ("Zm9vYmFy", "Zvb2Jhc", "mb29iYX")`},
		{`f|base64offset|contains: '/bin/bash'`, `raw.f contains any of ("L2Jpbi9iYXNo", "9iaW4vYmFza", "vYmluL2Jhc2")`},
		{`f|wide: ab`, `raw.f = "a\x00b\x00"`},
		{`f|utf16le: ab`, `raw.f = "a\x00b\x00"`},
		{`f|utf16be: ab`, `raw.f = "\x00a\x00b"`},
		{`f|utf16: ab`, `raw.f = "\xff\xfea\x00b\x00"`},
		{`f|wide: '€😀'`, `raw.f = "\xac =\xd8\x00\xde"`},
		{`f|wide: 'a*'`, `raw.f starts with "a\x00"`},
		{`f|wide|base64: ab`, `raw.f = "YQBiAA=="`},
		{`f|wide|base64offset|contains: ping`, `raw.f contains any of ("cABpAG4AZw", "AAaQBuAGcA", "wAGkAbgBnA")`},
		// windash.
		{`f|windash: '-a'`, `raw.f = any of ("-a", "/a", "–a", "—a", "―a")`},
		{`f|windash|contains: ' –x'`, `raw.f contains any of (" -x", " /x", " –x", " —x", " ―x")`},
		{`f|windash: 'a'`, `raw.f = "a"`},
		{`f|windash|contains|all: ['-a', 'b']`, `raw.f contains any of ("-a", "/a", "–a", "—a", "―a") and raw.f contains "b"`},
		// Regular expressions.
		{`f|re: '^a\d+$'`, `raw.f matches /^a\d+$/`},
		{`f|re|i: a`, `raw.f matches /(?i)a/`},
		{`f|re|i|m|s: a`, `raw.f matches /(?ims)a/`},
		{`f|re: '\*'`, `raw.f matches /\*/`},
		{`f|re: [a, b]`, `raw.f matches any of (/a/, /b/)`},
		{`f|re|all: [a, b]`, `raw.f matches all of (/a/, /b/)`},
		{`f|re|neq: a`, `not raw.f matches /a/`},
		// Addresses.
		{`f|cidr: 10.1.2.3/8`, `raw.f in 10.0.0.0/8`},
		{`f|cidr: ['192.168.0.0/16', 'fd00::1/8']`, `raw.f in any of (192.168.0.0/16, fd00::/8)`},
		{`f|cidr: 127.0.0.1`, `raw.f in 127.0.0.1/32`},
		{`f|cidr|neq: 10.0.0.0/8`, `not raw.f in 10.0.0.0/8`},
		// Presence.
		{`f|exists: true`, `raw.f exists`},
		{`f|exists: false`, `not raw.f exists`},
		// Numbers.
		{`f|lt: 5`, `raw.f < 5`},
		{`f|lte: 5.5`, `raw.f <= 5.5`},
		{`f|gt: '5'`, `raw.f > 5`},
		{`f|gte: -5`, `raw.f >= -5`},
		{`f|gte: [1, 2]`, `raw.f >= any of (1, 2)`},
		{`f|gt|neq: 5`, `not raw.f > 5`},
		// Times.
		{`f|minute: 0`, `minute(raw.f) = 0`},
		{`f|hour|gte: 22`, `hour(raw.f) >= 22`},
		{`f|gte|hour: 22`, `hour(raw.f) >= 22`},
		{`f|day: 31`, `day(raw.f) = 31`},
		{`f|week: 53`, `week(raw.f) = 53`},
		{`f|month: [6, 7]`, `month(raw.f) = any of (6, 7)`},
		{`f|year|lt: 2020`, `year(raw.f) < 2020`},
		{`f|hour|neq: 3`, `not hour(raw.f) = 3`},
		// Field references.
		{`f|fieldref: g`, `raw.f = raw.g`},
		{`f|fieldref: [g, h]`, `raw.f = any of (raw.g, raw.h)`},
		{`f|fieldref|neq: g`, `not raw.f = raw.g`},
		{`f|fieldref|startswith: g`, `raw.f starts with raw.g`},
		{`f|endswith|fieldref: g`, `raw.f ends with raw.g`},
		{`f|fieldref|contains|cased: g`, `raw.f contains raw.g cased`},
		// Placeholders.
		{`f|expand: '%admins%'`, `raw.f = "root" or raw.f starts with "adm_"`},
		{`f|expand|contains: 'x-%host%-%admins%'`, `raw.f contains any of ("x-h1-root", "x-h1-adm_")`},
		{`f|contains|expand: '%host%'`, `raw.f contains "h1"`},
		{`f|expand: '\%plain%host%'`, `raw.f = "%plainh1"`},
		{`f|expand: '100%'`, `raw.f = "100%"`},
		{`f|expand: 'a\\%host%'`, `raw.f = "a\\h1"`},
		{`f: '%host%'`, `raw.f = "%host%"`},
	} {
		if got := outcome(Parse(Options{Generic: true, Placeholders: placeholders}, "t.yml", ruleText(c.in))); got != c.want {
			t.Errorf("%s\n   gave %s\n   want %s", c.in, got, c.want)
		}
	}
}

// What modifiers and values are refused, and where.
func TestModifierProblems(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{`f|contain: a`, `error 5:7 modifier: "contain" is no modifier of Sigma 2.1`},
		{`f|: a`, `error 5:7 modifier: "" is no modifier of Sigma 2.1`},
		{`'f|x': a`, `error 5:8 modifier: "x" is no modifier of Sigma 2.1`},
		{`f|contains|contains: a`, `error 5:16 modifier: "contains" is written twice`},
		{`f|i: a`, `error 5:7 modifier: "i" only follows re`},
		{`f|re|contains: a`, `error 5:10 modifier: "contains" does not go together with "re"`},
		{`f|re|cidr: a`, `error 5:10 modifier: "cidr" cannot be joined with the modifiers before it`},
		{`f|lt|gt: 1`, `error 5:10 modifier: a value is compared in one way only`},
		{`f|hour|day: 1`, `error 5:12 modifier: a time has one part only`},
		{`f|lt|cased: 1`, `error 5:10 modifier: "cased" does not go together with "lt"`},
		{`f|fieldref|contains|endswith: g`, `error 5:25 modifier: a field is compared with another in one way only`},
		{`f|fieldref|base64: g`, `error 5:16 modifier: "base64" does not go together with "fieldref"`},
		{`f|exists|all: [true]`, `error 5:14 modifier: "all" does not go together with "exists"`},
		{`f|all: a`, `error 5:5 modifier all: it needs a list of values`},
		{`f: []`, `error 5:8 field f: an empty list matches nothing`},
		{`f: {g: a}`, `error 5:8 field f: a map is no value`},
		{`f: [[a]]`, `error 5:9 value: a list is no value`},
		{`f: [a, null]`, `error 5:12 null: it cannot be one of several values`},
		{`f|contains: null`, `error 5:17 null: modifiers of text do not apply to it`},
		{`f|exists: [true]`, `error 5:15 modifier exists: a list is no value of it`},
		{`f|exists: yes please`, `error 5:15 modifier exists: "yes please" is neither true nor false`},
		{`f|lt: many`, `error 5:11 number: "many" is no number`},
		{`f|lt: .inf`, `error 5:11 number: ".inf" is no number`},
		{`f|hour: 24`, `error 5:13 number: 24 is not between 0 and 23`},
		{`f|day: 1.5`, `error 5:12 number: a part of a time is a whole number, not 1.5`},
		{`f|cidr: '192.168.*'`, `error 5:13 modifier cidr: "192.168.*" is no block of addresses such as 10.0.0.0/8 or fd00::/8`},
		{`f|cidr: 10.0.0.0/33`, `error 5:13 modifier cidr: "10.0.0.0/33" is no block of addresses such as 10.0.0.0/8 or fd00::/8`},
		{`f|base64: 'a*'`, `error 5:15 modifier base64: a value with wildcards has no encoding`},
		{`f|contains|base64: 'a'`, `error 5:24 modifier base64: a value with wildcards has no encoding`},
		{`f|base64offset: 'a'`, `error 5:21 modifier base64offset: a value of fewer than two bytes has no sure trace in Base64`},
		{`f|re: '('`, `error 5:11 regular expression: missing closing ): (`},
		{`f|re: 'a(?=b)'`, `unsupported 5:11 regular expression: look-ahead "(?=" is not part of RE2`},
		{`f|re: '(?<!a)b'`, `unsupported 5:11 regular expression: look-behind "(?<!" is not part of RE2`},
		{`f|re: '(a)\1'`, `unsupported 5:11 regular expression: \1 is not part of RE2`},
		{`f|re: 'a++'`, `unsupported 5:11 regular expression: the possessive quantifier ++ is not part of RE2`},
		{`f|re: 'a{2000}'`, `unsupported 5:11 regular expression: invalid repeat count: {2000}; RE2 repeats a part at most 1000 times`},
		{`f|re: '(?>a)'`, `unsupported 5:11 regular expression: an atomic group "(?>" is not part of RE2`},
		{`f|windash: '-a -b -c -d -e'`, `unsupported 5:16 modifier windash: 5 dashes in one value make too many variants; at most 4`},
		{`f|expand: '%who%'`, `unsupported 5:15 modifier expand: placeholder %who% has no values`},
		{"- [a]", `error 5:7 selection s: a list inside a list`},
		{"- null", `error 5:7 keywords: null is no keyword`},
		{"- '*'", `error 5:7 keywords: "*" stands in every event`},
		{`'|re': a`, `unsupported 5:5 keywords: they are text, which the modifiers here are not for`},
		{`'|startswith': a`, `error 5:5 modifier startswith: a keyword stands anywhere in the event`},
	} {
		if got := outcome(Parse(Options{Generic: true}, "t.yml", ruleText(c.in))); got != c.want {
			t.Errorf("%s\n   gave %s\n   want %s", c.in, got, c.want)
		}
	}
}
