package fn

import (
	"testing"

	"github.com/lynceus-io/lynceus/kql/value"
)

func TestStrings(t *testing.T) {
	runCalls(t, []callTest{
		{"strlen", in("héllo"), "5"}, {"string_size", in("héllo"), "6"}, {"toupper", in("é"), "É"}, {"reverse", in(123.45), "54.321"}, {"strcat", in("a", 1, true), "a1true"},
		{"strcat_delim", in("-", 1, "2", "A", "timespan:1s"), "1-2-A-00:00:01"}, {"strcat_array", in("dynamic:[1,2,3]", "->"), "1->2->3"}, {"strcat_array", in("dynamic:[]", ","), ""},
		{"strcmp", in("abc", "ABC"), "1"}, {"strcmp", in("ABC", "abc"), "-1"}, {"strrep", in("ABC", 2), "ABCABC"}, {"strrep", in(123, 3, "."), "123.123.123"}, {"strrep", in("a", -1), ""}, {"strrep", in("aaaa", 1<<40), ""},
		{"substring", in("abcdefg", 1, 2), "bc"}, {"substring", in("héllo", 1), "éllo"}, {"substring", in("123456", -2, 2), "56"}, {"substring", in("abc", 5), ""}, {"substring", in("ABCD", 0, 2), "AB"},
		{"split", in("aa_bb", "_"), `["aa","bb"]`}, {"split", in("aaa_bbb_ccc", "_", 1), `["bbb"]`}, {"split", in("", "_"), `[""]`}, {"split", in("a__b", "_"), `["a","","b"]`}, {"split", in("a", "_", 5), "[]"},
		{"indexof", in("abcdefg", "cde"), "2"}, {"indexof", in("abcdefg", "cde", 1, 4), "2"}, {"indexof", in("abcdefg", "cde", 1, 2), "-1"}, {"indexof", in("abcdefg", "cde", 3, 4), "-1"}, {"indexof", in("abcdefg", "cde", -5), "2"},
		{"indexof", in(1234567, 5, 1, 4), "4"}, {"indexof", in("abcdefgabcdefg", "cde", 1, 10, 2), "9"}, {"indexof", in("abcdefgabcdefg", "cde", 1, -1, 3), "-1"}, {"indexof", in("aaa", "a", 0, -1, 3), "2"}, {"indexof", in("a", "a", 0, -2), "null"},
		{"indexof_regex", in("abcabc", "a.c"), "0"}, {"indexof_regex", in("abcdefgabcdefg", "cde", 1, 10, 2), "9"}, {"indexof_regex", in("ababaa", "a.a", 0, -1, 2), "2"},
		{"replace_string", in("a.b.c", ".", "-"), "a-b-c"}, {"replace_strings", in("This is", `dynamic:["is","This"]`, `dynamic:["was","This"]`), "Thwas was"}, {"replace_strings", in("cat dog", `dynamic:["cat","dog"]`, `dynamic:["dog","pigeon"]`), "dog pigeon"},
		{"translate", in("krasp", "otsku", "spark"), "kusto"}, {"translate", in("abc", "x", "abc"), "xxx"}, {"translate", in("abc", "", "ab"), ""}, {"isascii", in("é"), "false"}, {"tolower", in("dynamic:{\"A\":1}"), `{"a":1}`},
		{"has_any_index", in("this is an example", `dynamic:["not","example"]`), "1"}, {"has_any_index", in("Example number 2", "dynamic:[1,2]"), "1"}, {"has_any_index", in("x", "dynamic:[]"), "-1"},
	})
}

func TestRegex(t *testing.T) {
	runCalls(t, []callTest{
		{"extract", in(`x=([0-9.]+)`, 1, "hello x=45.6|wo"), "45.6"}, {"extract", in(`x=([0-9.]+)`, 1, "hello x=45.6|wo", "long"), "45"}, {"extract", in("a", 5, "a"), ""}, {"extract", in("b", 0, "a", "long"), "null"},
		{"extract_all", in(`(\d+)`, "1, 23"), `["1","23"]`}, {"extract_all", in(`(\w)(\w)`, "ab cd"), `[["a","b"],["c","d"]]`}, {"extract_all", in(`(\w)(\w)`, "dynamic:[2]", "ab cd"), `["b","d"]`}, {"extract_all", in("(x)", "a"), "null"},
		{"replace_regex", in("Number is 1", `is (\d+)`, `was: \1`), "Number was: 1"}, {"replace", in(`(\d)`, `<\1\0>`, "a1"), "a<11>"},
		{"trim", in("--", "--https://bing.com--"), "https://bing.com"}, {"trim", in(`[^\w]+`, "-  Te st1// $"), "Te st1"}, {"trim_start", in("a", "aab"), "b"}, {"trim_end", in("b", "abb"), "a"}, {"trim", in("a", "aaaa"), ""},
		{"countof", in("aaa", "a"), "3"}, {"countof", in("aaaa", "aa"), "3"}, {"countof", in("ababa", "ab", "normal"), "2"}, {"countof", in("ababa", "aba"), "2"}, {"countof", in("ababa", "aba", "regex"), "1"}, {"countof", in("abcabc", "a.c", "regex"), "2"},
		{"regex_quote", in("(so$me.Te^xt)"), `\(so\$me\.Te\^xt\)`},
	})
	f, _ := Lookup("matches regex")
	bad := value.String("(")
	if _, err := f.Result([]Arg{{Type: value.TypeString}, {Type: value.TypeString, Const: &bad}}); err == nil {
		t.Error("a bad constant pattern is accepted")
	}
}

func TestParsers(t *testing.T) {
	runCalls(t, []callTest{
		{"parse_url", in("scheme://username:password@host:1234/this/is/a/path?k1=v1&k2=v2#fragment"), `{"Scheme":"scheme","Host":"host","Port":"1234","Path":"/this/is/a/path","Username":"username","Password":"password","Query Parameters":{"k1":"v1","k2":"v2"},"Fragment":"fragment"}`},
		{"parse_urlquery", in("k1=v1&k2=v2"), `{"Query Parameters":{"k1":"v1","k2":"v2"}}`}, {"parse_version", in("0.0.0.5"), "5"}, {"parse_version", in("0.1.2.0"), "10000000200000000"}, {"parse_version", in("1"), "1000000000000000000000000"}, {"parse_version", in("1.x"), "null"},
		{"parse_csv", in(`aa,"b""b,b,b",cc,Escaping quotes: ""Title"",line1`), `["aa","b\"b,b,b","cc","Escaping quotes: \"\"Title\"\"","line1"]`}, {"parse_csv", in("a,b\nc"), `["a","b"]`},
		{"parse_command_line", in(`echo "hello world!" a\\"b c"`, "windows"), `["echo","hello world!","a\\b c"]`}, {"parse_command_line", in("a", "unix"), "null"},
		{"parse_path", in(`C:\temp\file.txt`), `{"Scheme":"","RootPath":"C:\\","DirectoryPath":"C:\\temp","DirectoryName":"temp","Filename":"file.txt","Extension":"txt","AlternateDataStreamName":""}`},
		{"parse_xml", in("<e> <a>1</a> <a>2</a> </e>"), `{"e":{"a":["1","2"]}}`}, {"parse_xml", in(`<e name="v">text</e>`), `{"e":{"@name":"v","#text":"text"}}`}, {"parse_xml", in("<e/>"), `{"e":null}`}, {"parse_xml", in("<e>"), "null"}, {"parse_xml", in("x"), "null"},
		{"extract_json", in("$.a[1]['b c']", `{"a":[1,{"b c":7}]}`, "long"), "7"}, {"extract_json", in("a", `{"a":1}`), ""}, {"extract_json", in("$.a", "{"), ""},
	})
}

func TestEncodings(t *testing.T) {
	runCalls(t, []callTest{
		{"base64_encode_tostring", in("Kusto"), "S3VzdG8="}, {"base64_decode_tostring", in("S3VzdG8="), "Kusto"}, {"base64_decode_tostring", in("%"), ""}, {"base64_decode_toarray", in("S3VzdG8="), "[75,117,115,116,111]"}, {"base64_encode_fromarray", in("dynamic:[75,117]"), "S3U="}, {"base64_encode_fromarray", in("dynamic:[300]"), ""},
		{"base64_decode_toguid", in("JpbpECu8dUy7Pv5gbeJXAA=="), "10e99626-bc2b-754c-bb3e-fe606de25700"}, {"base64_decode_toguid", in("abcd1231"), "null"}, {"base64_encode_fromguid", in("guid:10e99626-bc2b-754c-bb3e-fe606de25700"), "JpbpECu8dUy7Pv5gbeJXAA=="},
		{"url_encode", in("https://www.bing.com/hello world"), "https%3a%2f%2fwww.bing.com%2fhello+world"}, {"url_encode_component", in("a b"), "a%20b"}, {"url_decode", in("https%3a%2f%2fwww.bing.com%2f"), "https://www.bing.com/"}, {"url_decode", in("%zz"), "%zz"},
		{"gzip_compress_to_base64_string", in("1234567890qwertyuiop"), "H4sIAAAAAAAA/wEUAOv/MTIzNDU2Nzg5MHF3ZXJ0eXVpb3A6m7f2FAAAAA=="}, {"gzip_decompress_from_base64_string", in("H4sIAAAAAAAA/wEUAOv/MTIzNDU2Nzg5MHF3ZXJ0eXVpb3A6m7f2FAAAAA=="), "1234567890qwertyuiop"},
		{"zlib_decompress_from_base64_string", in("eJwLSS0uUSguKcrMS1cwNDIGACxqBQ4="), "Test string 123"}, {"zlib_decompress_from_base64_string", in("x0x0x0"), ""},
		{"punycode_from_string", in("académie-française"), "acadmie-franaise-npb1a"}, {"punycode_to_string", in("acadmie-franaise-npb1a"), "académie-française"}, {"punycode_to_string", in("a-\x01"), ""},
		{"punycode_domain_to_string", in("Riðill｡org"), "xn--Riill-jta.org"}, {"punycode_domain_from_string", in("xn--Ge-mia.Bulg.edu"), "Gáe.Bulg.edu"},
		{"unicode_codepoints_from_string", in("⒦a"), "[9382,97]"}, {"make_string", in("dynamic:[75,117]", 115), "Kus"}, {"unicode_codepoints_to_string", in(-1), ""},
	})
	long := string(make([]byte, 100))
	if got := str(call(t, "zlib_decompress_from_base64_string", call(t, "zlib_compress_to_base64_string", value.String(long)))); got != long {
		t.Errorf("zlib round trip: %q", got)
	}
}
