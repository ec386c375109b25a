package redact

import (
	"bytes"

	"github.com/lynceus-io/lynceus/event/rawjson"
)

// A walker goes through one document and notes what is to be replaced.
type walker struct {
	r      *Redactor
	doc    []byte
	c      Context
	depth  int // of strings the document is in
	tokens rawjson.Tokens
	frames []frame
	data   []dataSpan // that may be those of a Secret
	words  []wordToken
	edits  []edit
	texts  []byte
	buf    []byte // the scalar being looked at, unescaped
}

// A frame is an object or array that is open.
type frame struct {
	label  []byte // name of the member that it is the value of, or is an element of
	name   []byte // of the member being read
	kind   objectKind
	array  bool
	secret bool // whether it belongs to the body of a Secret
	whole  bool // whether all values in it are secret
	base64 bool // and in base64
	data   int  // length of walker.data when it opened
	words  int  // length of walker.words when it opened; -1 where it is no command
	start  int  // offset in the document

	pairClass nameClass // of the value of the member name
	op        bool      // whether it has the member op of a JSON Patch
	opPath    dataPath  // where the member path leads to
	value     span      // of the member value
}

// An objectKind is what the member kind says.
type objectKind uint8

const (
	noKind objectKind = iota
	kindOther
	kindSecret
	kindSecretList
)

// A dataSpan is the value of a member data or stringData.
type dataSpan struct {
	span
	owner  int  // index of the frame of the object that has it
	item   bool // whether that object is an element of items
	base64 bool
}

// A wordToken is a string in the list of a command's words.
type wordToken struct {
	span
	text []byte
}

func (w *walker) reset(r *Redactor, doc []byte, c Context, depth int) {
	w.r, w.doc, w.c, w.depth = r, doc, c, depth
	w.frames, w.data, w.words, w.edits, w.texts = w.frames[:0], w.data[:0], w.words[:0], w.edits[:0], w.texts[:0]
	w.tokens.Reset(doc, rawjson.HighestMaxDepth)
}

// run goes through the document. secret says that its root is a Secret or a
// patch of one.
func (w *walker) run(secret bool) error {
	for {
		tok, more, err := w.tokens.Next()
		if err != nil || !more {
			return err
		}
		switch tok.Kind {
		case rawjson.OpenObject, rawjson.OpenArray:
			w.open(tok, secret)
		case rawjson.CloseObject:
			w.closeObject(tok)
		case rawjson.CloseArray:
			w.closeArray(tok)
		case rawjson.NameToken:
			w.member(tok)
		case rawjson.ScalarToken:
			w.scalar(tok)
		}
	}
}

// top is the innermost open frame, nil at the root.
func (w *walker) top() *frame {
	if len(w.frames) == 0 {
		return nil
	}
	return &w.frames[len(w.frames)-1]
}

func (w *walker) open(tok rawjson.Token, secret bool) {
	f := frame{array: tok.Kind == rawjson.OpenArray, secret: secret, data: len(w.data), words: -1, start: tok.Offset}
	if p := w.top(); p != nil {
		f.secret, f.whole, f.base64, f.label = p.secret, p.whole, p.base64, p.label
		if !p.array {
			f.label = p.name
			w.enter(p, &f)
		}
	}
	if f.array && isCommand(f.label) {
		f.words = len(w.words)
	}
	w.frames = append(w.frames, f)
}

// enter says what being the value of p's current member means for f.
func (w *walker) enter(p, f *frame) {
	switch {
	case len(w.frames) == 1 && w.c.SecretBodies && (string(p.name) == "requestObject" || string(p.name) == "responseObject"):
		f.secret = true
	case isData(p.name) && (p.secret || p.kind == kindSecret):
		f.whole, f.base64 = true, string(p.name) == "data"
	}
}

// isData reports whether a member holds the values of a Secret.
func isData(name []byte) bool { return string(name) == "data" || string(name) == "stringData" }

// isCommand reports whether a list is one of the words of a command.
func isCommand(name []byte) bool {
	switch string(name) {
	case "command", "args", "cmd", "Cmd", "arguments", "extraArgs", "entrypoint", "Entrypoint":
		return true
	}
	return false
}

// shortestSecret is the length of the shortest name of a member that is looked
// at for credentials. Those that are told by their prefix are longer.
const shortestSecret = 12

// member begins a member.
func (w *walker) member(tok rawjson.Token) {
	name := tok.Raw[1 : len(tok.Raw)-1]
	if tok.Escaped {
		name, _ = rawjson.AppendUnquoted(nil, tok.Raw)
	}
	w.top().name = name
	if len(name) < shortestSecret {
		return
	}
	if out, n := w.r.text(nil, name, false); n > 0 {
		w.rewrite(tokenSpan(tok), out, n)
	}
}

func tokenSpan(tok rawjson.Token) span { return span{tok.Offset, tok.Offset + len(tok.Raw)} }

// ended notes that the value of the top frame's current member, which is s,
// has been read.
func (w *walker) ended(s span) {
	f := w.top()
	if f == nil || f.array {
		return
	}
	if string(f.name) == "value" {
		f.value = s
	}
	if isData(f.name) && !f.secret && f.kind != kindSecret {
		w.data = append(w.data, dataSpan{s, len(w.frames) - 1, w.isItem(), string(f.name) == "data"})
	}
}

// isItem reports whether the top frame is an element of the member items.
func (w *walker) isItem() bool {
	f := w.top()
	return len(w.frames) > 1 && w.frames[len(w.frames)-2].array && string(f.label) == "items"
}

func (w *walker) closeArray(tok rawjson.Token) {
	f := w.top()
	if f.words >= 0 {
		w.command(w.words[f.words:])
		w.words = w.words[:f.words]
	}
	s := span{f.start, tok.Offset + 1}
	w.frames = w.frames[:len(w.frames)-1]
	w.ended(s)
}

// closeObject decides what could not be decided before all members of an
// object were known.
func (w *walker) closeObject(tok rawjson.Token) {
	f, index := w.top(), len(w.frames)-1
	kept := f.data
	for _, d := range w.data[f.data:] {
		switch {
		case f.kind == kindSecret && d.owner == index, f.kind == kindSecretList && d.owner == index+2 && d.item:
			w.apply(d)
		case f.kind == noKind && d.owner == index && d.item: // the list's kind may come last
			w.data[kept] = d
			kept++
		}
	}
	w.data = w.data[:kept]
	if f.value.end > 0 {
		w.pair(f)
	}
	s := span{f.start, tok.Offset + 1}
	w.frames = w.frames[:index]
	w.ended(s)
}

// pair looks at an object with a member value: an environment variable or
// setting with its name, or an operation of a JSON Patch with its path.
func (w *walker) pair(f *frame) {
	d := dataSpan{span: f.value, base64: f.opPath == toData}
	if f.secret && (f.opPath == toData || f.opPath == toString) {
		w.apply(d)
		return
	}
	d.base64 = false
	raw := w.doc[d.start:d.end]
	if w.c.Commands && raw[0] == '{' && f.pairClass == secretName { // an attribute of OpenTelemetry: {"stringValue": …}
		w.apply(d)
		return
	}
	if raw[0] != '{' && raw[0] != '[' && (f.pairClass != plainName || f.op && f.opPath == toNamed) {
		if text := bytes.Trim(raw, `"`); !isReference(text) && !isLiteral(text) {
			w.apply(d)
		}
	}
}

// command replaces the secrets in the words of a command.
func (w *walker) command(tokens []wordToken) {
	words := make([][]byte, len(tokens))
	for i, t := range tokens {
		words[i] = t.text
	}
	found := w.r.table.command(words, false, nil)
	for i := 0; i < len(found); {
		word := found[i].word
		var out []byte
		at, n := 0, 0
		for ; i < len(found) && found[i].word == word; i++ {
			s := found[i].span
			if inMarker(words[word], s) {
				continue
			}
			out = append(out, words[word][at:s.start]...)
			out = w.r.markers.append(out, words[word][s.start:s.end])
			at = s.end
			n++
		}
		if n > 0 {
			w.rewrite(tokens[word].span, append(out, words[word][at:]...), n)
		}
	}
}

// apply replaces all values in a part of the document.
func (w *walker) apply(d dataSpan) {
	var t rawjson.Tokens
	for t.Reset(w.doc[d.start:d.end], rawjson.HighestMaxDepth); ; {
		tok, more, err := t.Next()
		if err != nil || !more {
			return
		}
		if tok.Kind == rawjson.ScalarToken && (tok.Value == rawjson.String || tok.Value == rawjson.Number) {
			tok.Offset += d.start
			w.replace(tokenSpan(tok), w.text(tok), d.base64)
		}
	}
}

// text returns the text of a scalar, in w.buf where it has escapes.
func (w *walker) text(tok rawjson.Token) []byte {
	if tok.Value != rawjson.String {
		return tok.Raw
	}
	if !tok.Escaped {
		return tok.Raw[1 : len(tok.Raw)-1]
	}
	w.buf, _ = rawjson.AppendUnquoted(w.buf[:0], tok.Raw)
	return w.buf
}

// dataPath says whether a JSON pointer leads to the values of a Secret.
type dataPath uint8

const (
	noPath dataPath = iota
	toOther
	toNamed  // a member whose name announces a secret
	toData   // data or below
	toString // stringData or below
)

// pathOf reads a JSON pointer (RFC 6901).
func pathOf(pointer []byte) dataPath {
	if len(pointer) == 0 || pointer[0] != '/' {
		return toOther
	}
	head, _, _ := bytes.Cut(pointer[1:], []byte{'/'})
	switch string(head) {
	case "data":
		return toData
	case "stringData":
		return toString
	}
	if classify(lastName(pointer[bytes.LastIndexByte(pointer, '/')+1:])) == secretName {
		return toNamed
	}
	return toOther
}
