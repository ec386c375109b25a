package redact

import (
	"bytes"
	"net/url"
	"slices"
)

// uri replaces the secrets in a request URI: the values of parameters whose
// name announces one, what a command says, and what looks like a credential.
// Parameters stay escaped as they are unless they hold a secret.
func (w *walker) uri(s span, uri []byte) {
	path, query, has := bytes.Cut(uri, []byte{'?'})
	out, n := w.r.text(nil, path, false)
	out = slices.Clip(out)
	if has {
		out = append(out, '?')
		var more int
		out, more = w.r.query(out, query)
		n += more
	}
	if n > 0 {
		w.rewrite(s, out, n)
	}
}

// A parameter is one of a query.
type parameter struct {
	pair  []byte // as it stands
	name  []byte // as it stands
	value []byte // unescaped; as it stands where its escapes are broken
	has   bool   // a value
}

func (p *parameter) isCommand() bool { return string(unescape(p.name)) == "command" }

// query appends a query with its secrets replaced.
func (r *Redactor) query(dst, query []byte) (out []byte, replaced int) {
	var params []parameter
	var words [][]byte
	var wordOf []int
	for _, pair := range bytes.Split(query, []byte{'&'}) {
		p := parameter{pair: pair}
		var value []byte
		p.name, value, p.has = bytes.Cut(pair, []byte{'='})
		p.value = unescape(value)
		if p.isCommand() {
			words, wordOf = append(words, p.value), append(wordOf, len(params))
		}
		params = append(params, p)
	}
	spans := make([][]span, len(params))
	for _, f := range r.table.command(words, true, nil) {
		if !inMarker(words[f.word], f.span) {
			spans[wordOf[f.word]] = append(spans[wordOf[f.word]], f.span)
		}
	}
	for i, p := range params {
		if p.has && !p.isCommand() {
			spans[i] = r.parameter(p)
		}
	}
	for i, p := range params {
		if i > 0 {
			dst = append(dst, '&')
		}
		if len(spans[i]) == 0 {
			dst = append(dst, p.pair...)
			continue
		}
		dst = append(append(dst, p.name...), '=')
		at := 0
		for _, s := range spans[i] {
			dst = append(dst, url.QueryEscape(string(p.value[at:s.start]))...)
			dst = r.markers.append(dst, p.value[s.start:s.end])
			at = s.end
			replaced++
		}
		dst = append(dst, url.QueryEscape(string(p.value[at:]))...)
	}
	return dst, replaced
}

// parameter returns the secrets in the value of a parameter.
func (r *Redactor) parameter(p parameter) []span {
	if len(p.value) == 0 || isMarker(p.value) {
		return nil
	}
	if classify(lastName(unescape(p.name))) != plainName && !isLiteral(p.value) {
		return []span{{0, len(p.value)}}
	}
	var all []span
	for at := 0; ; {
		s, ok := r.table.find(p.value, at, false)
		if !ok {
			return all
		}
		all = append(all, s)
		at = s.end
	}
}

// unescape returns the text of an escaped parameter, as it stands where its
// escapes are broken.
func unescape(s []byte) []byte {
	if bytes.IndexByte(s, '%') < 0 && bytes.IndexByte(s, '+') < 0 {
		return s
	}
	text, err := url.QueryUnescape(string(s))
	if err != nil {
		return s
	}
	return []byte(text)
}

// SuspectURI reports whether a request URI may hold a secret that Suspect does
// not see: in a command, or in a parameter whose name or value is escaped.
func SuspectURI(uri string) bool {
	for i := 0; i < len(uri); i++ {
		if uri[i] == '?' {
			return suspectQuery(uri[i+1:])
		}
	}
	return false
}

func suspectQuery(q string) bool {
	inName := true
	start := 0
	for i := 0; i < len(q); i++ {
		switch c := q[i]; {
		case c == '&':
			inName, start = true, i+1
		case c == '=' && inName:
			if q[start:i] == "command" {
				return true
			}
			inName = false
		case c == '%' && (inName || hides(q[i+1:])):
			return true
		}
	}
	return false
}

// hides reports whether the two digits of an escape in a value stand for what
// is part of credentials that Suspect looks for: an @, a slash, letters.
func hides(digits string) bool {
	if len(digits) < 2 {
		return false
	}
	switch digits[0] {
	case '4', '5', '6', '7': // @ and letters
		return true
	}
	return digits[:2] == "2D" || digits[:2] == "2d" || digits[:2] == "2E" || digits[:2] == "2e"
}
