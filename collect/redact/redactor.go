package redact

import "sync"

// signsOnce compiles the signs when they are first needed.
var signsOnce = sync.OnceValue(newSignTable)

// A Redactor replaces secrets under one key. It is for one goroutine at a
// time; Fork makes more of them at little cost.
type Redactor struct {
	key     []byte
	table   *signTable
	markers *markers
	walkers [maxNested]walker // for documents in strings of documents
	classes map[string]nameClass
}

// keptClasses bounds the names whose class is remembered.
const keptClasses = 4096

// classOf remembers what classify says.
func (r *Redactor) classOf(name []byte) nameClass {
	if c, ok := r.classes[string(name)]; ok {
		return c
	}
	c := classify(name)
	if len(r.classes) >= keptClasses {
		clear(r.classes)
	}
	if len(name) <= maxName {
		r.classes[string(name)] = c
	}
	return c
}

// New returns a Redactor for an installation's key. Values under one key can
// be compared with each other; NewKey makes one.
func New(key []byte) *Redactor {
	return newRedactor(append([]byte(nil), key...), signsOnce())
}

// Fork returns a Redactor with the same key for another goroutine.
func (r *Redactor) Fork() *Redactor { return newRedactor(r.key, r.table) }

func newRedactor(key []byte, table *signTable) *Redactor {
	return &Redactor{key: key, table: table, markers: newMarkers(key), classes: map[string]nameClass{}}
}

// Suspect reports whether a JSON document, or any text, may hold a secret.
// Where it does not, Document with an empty Context would change nothing.
// ascii says that a document which is not suspected is all ASCII; that takes
// no extra time to see.
func (r *Redactor) Suspect(doc []byte) (suspect, ascii bool) { return r.table.suspect(doc) }

// Text returns text with its secrets replaced, appended to dst, and how many
// there were. Where there are none it returns text itself.
func (r *Redactor) Text(dst, text []byte) (out []byte, replaced int) {
	return r.text(dst, text, true)
}

// text does so; named says whether values after names are secrets, too.
func (r *Redactor) text(dst, text []byte, named bool) (out []byte, replaced int) {
	if suspect, _ := r.table.suspect(text); !suspect {
		return text, 0
	}
	at := 0
	for {
		s, ok := r.table.find(text, at, named)
		if !ok && replaced == 0 {
			return text, 0
		}
		if !ok {
			return append(dst, text[at:]...), replaced
		}
		dst = append(dst, text[at:s.start]...)
		dst = r.markers.append(dst, text[s.start:s.end])
		at = s.end
		replaced++
	}
}
