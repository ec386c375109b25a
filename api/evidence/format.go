// Package evidence writes the rows of an answer so that a later change is
// found, and reads such a file again.
//
// A file is JSON lines: a header (what was asked, of which store, as of when),
// one line for each row, and a trailer that counts them. Every line ends with
// the SHA-256 of the hash before it and of the line's own bytes before the
// hash, so that no byte can be changed, and no line taken away, added or
// moved, without a line that does not fit. The last hash stands for the whole
// file: who keeps it elsewhere can also tell a file that was written anew.
//
// The same query on the same events gives the same bytes: rows stand in the
// order of their bytes, and nothing in the file depends on when or by whom it
// was written.
package evidence

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"time"
)

// Schema names the form of the file.
const Schema = "lynceus.evidence/v1"

// Header says what the rows answer.
type Header struct {
	Schema string `json:"schema"`
	// Query is the KQL and Params the values of its parameters.
	Query  string            `json:"query"`
	Params map[string]string `json:"params"`
	// Time is the moment that the query was asked as of: what now() was.
	Time time.Time `json:"time"`
	// From and To bound the time of events; zero where there is no bound.
	From time.Time `json:"from,omitzero"`
	To   time.Time `json:"to,omitzero"`
	// Store is the identity of the store that answered.
	Store   string   `json:"store"`
	Columns []Column `json:"columns"`
	// Notes say what the answer lacks.
	Notes []string `json:"notes"`
}

// Column is a column of the rows.
type Column struct {
	Name string `json:"name"`
	Type string `json:"type"` // of KQL
}

// trailer is the last line.
type trailer struct {
	End  bool  `json:"end"`
	Rows int64 `json:"rows"`
}

// row is a line between the two. N counts from 1.
type row struct {
	N   int64           `json:"n"`
	Row json.RawMessage `json:"row"`
}

// Every line is one JSON object whose last member is its hash.
const (
	hashOpen  = `,"hash":"`
	hashClose = `"}`
	hashText  = 2 * sha256.Size
	hashTail  = len(hashOpen) + hashText + len(hashClose)
)

// errForm says that a line is not one that this package wrote.
var errForm = errors.New("it does not end with its hash")

// chain is the hash of the lines so far; the zero value stands before the
// first.
type chain [sha256.Size]byte

// next returns the chain after a line whose bytes before the hash are body.
func (c chain) next(body []byte) chain {
	h := sha256.New()
	h.Write(c[:])
	h.Write(body)
	return chain(h.Sum(nil))
}

// String returns the hash in hexadecimal.
func (c chain) String() string { return hex.EncodeToString(c[:]) }

// seal appends an object's line to dst: its bytes without the closing brace,
// its hash, the end of the line.
func (c chain) seal(dst, object []byte) ([]byte, chain) {
	body := object[:len(object)-1]
	after := c.next(body)
	dst = append(append(dst, body...), hashOpen...)
	dst = hex.AppendEncode(dst, after[:])
	return append(append(dst, hashClose...), '\n'), after
}

// open divides a line, without its end, into the bytes before the hash and
// the hash.
func open(line []byte) (body []byte, stated chain, err error) {
	at := len(line) - hashTail
	if at < 1 || !bytes.HasPrefix(line[at:], []byte(hashOpen)) || !bytes.HasSuffix(line, []byte(hashClose)) {
		return nil, stated, errForm
	}
	text := line[at+len(hashOpen) : len(line)-len(hashClose)]
	if _, err := hex.Decode(stated[:], text); err != nil || !bytes.Equal(bytes.ToLower(text), text) {
		return nil, stated, errForm
	}
	return line[:at], stated, nil
}

// object returns the JSON of a line's members, which body holds without the
// closing brace.
func object(body []byte) []byte { return append(bytes.Clone(body), '}') }

// encode writes v without escaping what only HTML needs escaped.
func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}
