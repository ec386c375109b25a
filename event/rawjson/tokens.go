package rawjson

// A TokenKind says what a Token is.
type TokenKind uint8

// The kinds of tokens. Commas and colons are none.
const (
	ScalarToken TokenKind = iota // a string, number, boolean or null
	NameToken                    // the name of a member, whose value follows
	OpenObject
	CloseObject
	OpenArray
	CloseArray
)

// A Token is a piece of a document.
type Token struct {
	Kind   TokenKind
	Value  Kind   // of a scalar; String for a name
	Raw    []byte // as it stands, names and strings with their quotes
	Offset int    // of Raw in the document
	// Escaped says that a name or string has escapes.
	Escaped bool
}

// Tokens goes through one document piece by piece, each byte once. It is for
// work that depends on what stands around a value, which paths cannot say. It
// checks syntax as Valid does. The zero value is of use after Reset.
type Tokens struct {
	doc      []byte
	at       int
	depth    int
	maxDepth int
	objects  [HighestMaxDepth / 64]uint64 // which of the open containers are
	state    tokenState
}

type tokenState uint8

const (
	wantValue tokenState = iota
	wantFirst            // a value or ]
	wantName
	wantFirstName // a name or }
	wantNext      // a comma or closing bracket
)

// Reset begins with doc, nested no deeper than maxDepth (0: DefaultMaxDepth).
func (t *Tokens) Reset(doc []byte, maxDepth int) {
	t.doc, t.at, t.depth, t.maxDepth, t.state = doc, 0, 0, depthLimit(maxDepth), wantValue
}

// Depth is how many containers are open after the last token.
func (t *Tokens) Depth() int { return t.depth }

// Next returns the next token; more is false after the last. The error is a
// *SyntaxError.
func (t *Tokens) Next() (tok Token, more bool, err error) {
	i := space(t.doc, t.at)
	if t.state == wantNext {
		if t.depth == 0 {
			if i < len(t.doc) {
				return t.fail(i, msgTrailing)
			}
			return Token{}, false, nil
		}
		if i < len(t.doc) && t.doc[i] == ',' {
			i = space(t.doc, i+1)
			t.state = wantValue
			if t.inObject() {
				t.state = wantName
			}
		}
	}
	if i >= len(t.doc) {
		return t.fail(len(t.doc), msgEnd)
	}
	switch c := t.doc[i]; c {
	case '}', ']':
		return t.close(i, c)
	case '{', '[':
		if t.state != wantNext && t.state != wantName && t.state != wantFirstName {
			return t.open(i, c)
		}
	case '"':
		if t.state == wantName || t.state == wantFirstName {
			return t.name(i)
		}
	}
	switch t.state {
	case wantNext:
		if t.inObject() {
			return t.fail(i, msgMember)
		}
		return t.fail(i, msgElement)
	case wantName, wantFirstName:
		return t.fail(i, msgName)
	}
	return t.scalar(i)
}

func (t *Tokens) inObject() bool {
	return t.objects[(t.depth-1)>>6]>>((t.depth-1)&63)&1 != 0
}

func (t *Tokens) fail(at int, msg string) (Token, bool, error) {
	return Token{}, false, errorIn(t.doc, at, msg)
}

func (t *Tokens) open(i int, c byte) (Token, bool, error) {
	if t.depth == t.maxDepth {
		return t.fail(i, msgDepth)
	}
	bit := uint64(1) << (t.depth & 63)
	kind := OpenArray
	t.objects[t.depth>>6] &^= bit
	t.state = wantFirst
	if c == '{' {
		kind = OpenObject
		t.objects[t.depth>>6] |= bit
		t.state = wantFirstName
	}
	t.depth++
	t.at = i + 1
	return Token{Kind: kind, Raw: t.doc[i:t.at], Offset: i}, true, nil
}

func (t *Tokens) close(i int, c byte) (Token, bool, error) {
	object := t.depth > 0 && t.inObject()
	switch {
	case t.depth == 0:
		return t.fail(i, msgValue)
	case object && (t.state == wantNext || t.state == wantFirstName):
		if c != '}' {
			return t.fail(i, msgMember)
		}
	case !object && (t.state == wantNext || t.state == wantFirst):
		if c != ']' {
			return t.fail(i, msgElement)
		}
	case t.state == wantName:
		return t.fail(i, msgName)
	default:
		return t.fail(i, msgValue)
	}
	kind := CloseArray
	if object {
		kind = CloseObject
	}
	t.depth--
	t.state = wantNext
	t.at = i + 1
	return Token{Kind: kind, Raw: t.doc[i:t.at], Offset: i}, true, nil
}

func (t *Tokens) name(i int) (Token, bool, error) {
	end, escaped, msg := checkString(t.doc, i)
	if msg != "" {
		return t.fail(end, msg)
	}
	colon := space(t.doc, end)
	if colon >= len(t.doc) {
		return t.fail(len(t.doc), msgEnd)
	}
	if t.doc[colon] != ':' {
		return t.fail(colon, msgColon)
	}
	t.state = wantValue
	t.at = colon + 1
	return Token{Kind: NameToken, Value: String, Raw: t.doc[i:end], Offset: i, Escaped: escaped}, true, nil
}

func (t *Tokens) scalar(i int) (tok Token, more bool, err error) {
	tok = Token{Kind: ScalarToken, Value: String, Offset: i}
	var end int
	var msg string
	if t.doc[i] == '"' {
		end, tok.Escaped, msg = checkString(t.doc, i)
	} else {
		end, tok.Value, msg = checkScalar(t.doc, i)
	}
	if msg != "" {
		return t.fail(end, msg)
	}
	t.state = wantNext
	t.at = end
	tok.Raw = t.doc[i:end]
	return tok, true, nil
}
