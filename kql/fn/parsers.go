package fn

import (
	"math/big"
	"strings"

	"github.com/lynceus-io/lynceus/kql/value"
)

func parsers() []*Func {
	parse := func(name string, f func(s string) *value.Node) *Func {
		return lax(name, 1, 1, value.TypeDynamic, []param{text}, func(_ *Context, args []value.Value) value.Value {
			return value.Dynamic(f(str(args[0])))
		})
	}
	return []*Func{
		parse("parse_url", parseURL), parse("parseurl", parseURL), parse("parse_urlquery", parseURLQuery), parse("parse_path", parsePath),
		parse("parse_csv", parseCSV), parse("parse_xml", parseXML),
		lax("parse_version", 1, 1, value.TypeDecimal, []param{text}, func(_ *Context, args []value.Value) value.Value {
			return parseVersion(str(args[0]))
		}),
		lax("parse_command_line", 2, 2, value.TypeDynamic, []param{text}, func(_ *Context, args []value.Value) value.Value {
			if !strings.EqualFold(str(args[1]), "windows") {
				return value.Null(value.TypeDynamic)
			}
			return value.Dynamic(parseCommandLine(str(args[0])))
		}),
	}
}

// textBag makes a bag of names and text in turn.
func textBag(pairs ...string) *value.Bag {
	var bag value.Bag
	for i := 0; i+1 < len(pairs); i += 2 {
		bag.Set(pairs[i], value.FromValue(value.String(pairs[i+1])))
	}
	return &bag
}

// parseURL takes an absolute URL apart; what is none gives empty parts.
func parseURL(s string) *value.Node {
	rest, fragment, _ := strings.Cut(s, "#")
	rest, query, _ := strings.Cut(rest, "?")
	scheme, rest, found := strings.Cut(rest, "://")
	if !found {
		scheme, rest = "", s
		rest, query, _ = strings.Cut(rest, "?")
	}
	host, path := rest, ""
	if i := strings.IndexByte(rest, '/'); i >= 0 {
		host, path = rest[:i], rest[i:]
	}
	user, password := "", ""
	if i := strings.LastIndexByte(host, '@'); i >= 0 {
		user, password, _ = strings.Cut(host[:i], ":")
		host = host[i+1:]
	}
	port := ""
	if i := strings.LastIndexByte(host, ':'); i >= 0 && strings.Trim(host[i+1:], "0123456789") == "" {
		host, port = host[:i], host[i+1:]
	}
	bag := textBag("Scheme", scheme, "Host", host, "Port", port, "Path", path, "Username", user, "Password", password)
	bag.Set("Query Parameters", queryBag(query))
	bag.Set("Fragment", value.FromValue(value.String(fragment)))
	return bag.Node()
}

func queryBag(query string) *value.Node {
	var bag value.Bag
	for pair := range strings.SplitSeq(query, "&") {
		if k, v, _ := strings.Cut(pair, "="); k != "" {
			bag.Set(k, value.FromValue(value.String(v)))
		}
	}
	return bag.Node()
}

func parseURLQuery(s string) *value.Node {
	var bag value.Bag
	bag.Set("Query Parameters", queryBag(strings.TrimPrefix(s, "?")))
	return bag.Node()
}

// parsePath takes a path of Windows or Unix apart.
func parsePath(s string) *value.Node {
	scheme, rest, found := strings.Cut(s, "://")
	if !found {
		scheme, rest = "", s
	}
	root := ""
	if len(rest) > 2 && rest[1] == ':' && (rest[2] == '\\' || rest[2] == '/') {
		root = rest[:3]
	}
	stream := ""
	if i := strings.LastIndexByte(rest, ':'); i > 1 {
		rest, stream = rest[:i], rest[i+1:]
	}
	dir, file := "", rest
	if i := strings.LastIndexAny(rest, `\/`); i >= 0 {
		dir, file = rest[:i], rest[i+1:]
	}
	name := dir[strings.LastIndexAny(dir, `\/`)+1:]
	ext := ""
	if i := strings.LastIndexByte(file, '.'); i >= 0 {
		ext = file[i+1:]
	}
	return textBag("Scheme", scheme, "RootPath", root, "DirectoryPath", dir, "DirectoryName", name, "Filename", file,
		"Extension", ext, "AlternateDataStreamName", stream).Node()
}

// parseVersion makes a number of up to four parts of eight digits.
func parseVersion(s string) value.Value {
	parts := strings.Split(s, ".")
	if len(parts) > 4 {
		return value.Null(value.TypeDecimal)
	}
	all := ""
	for i := range 4 {
		part := "0"
		if i < len(parts) {
			part = parts[i]
		}
		if part == "" || len(part) > 8 || strings.Trim(part, "0123456789") != "" {
			return value.Null(value.TypeDecimal)
		}
		all += strings.Repeat("0", 8-len(part)) + part
	}
	n, _ := new(big.Int).SetString(all, 10)
	v, _ := value.ParseDecimal(n.String())
	return v
}

// parseCSV splits the first record of comma-separated values.
func parseCSV(s string) *value.Node {
	fields := []string{}
	for {
		var field []byte
		if strings.HasPrefix(s, `"`) {
			s = s[1:]
			for {
				i := strings.IndexByte(s, '"')
				if i < 0 {
					field, s = append(field, s...), ""
					break
				}
				field, s = append(field, s[:i]...), s[i+1:]
				if !strings.HasPrefix(s, `"`) {
					break
				}
				field, s = append(field, '"'), s[1:]
			}
		}
		i := strings.IndexAny(s, ",\r\n")
		if i < 0 {
			i = len(s)
		}
		fields = append(fields, string(append(field, s[:i]...)))
		if i == len(s) || s[i] != ',' {
			return value.Strings(fields)
		}
		s = s[i+1:]
	}
}

// parseCommandLine splits as CommandLineToArgvW does: blanks separate, double
// quotes join, and backslashes count only before a quote.
func parseCommandLine(s string) *value.Node {
	var args []string
	var arg []byte
	quoted, started := false, false
	for i := 0; i < len(s); {
		switch c := s[i]; {
		case c == '\\':
			n := 0
			for i < len(s) && s[i] == '\\' {
				n++
				i++
			}
			started = true
			if i == len(s) || s[i] != '"' {
				arg = append(arg, strings.Repeat(`\`, n)...)
				continue
			}
			arg = append(arg, strings.Repeat(`\`, n/2)...)
			if n%2 == 1 {
				arg = append(arg, '"')
				i++
			}
		case c == '"':
			if quoted && i+1 < len(s) && s[i+1] == '"' {
				arg = append(arg, '"')
				i++
			} else {
				quoted = !quoted
			}
			started = true
			i++
		case (c == ' ' || c == '\t') && !quoted:
			if started {
				args = append(args, string(arg))
			}
			arg, started = arg[:0], false
			i++
		default:
			arg = append(arg, c)
			started = true
			i++
		}
	}
	if started {
		args = append(args, string(arg))
	}
	return value.Strings(args)
}
