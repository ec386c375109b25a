package redact

import "encoding/binary"

// A signKind says what to look for around a sign: four neighbouring bytes
// that something which may be a secret has in it.
type signKind uint8

const (
	signName    signKind = iota // in a name that announces a secret
	signPrefix                  // in the prefix of a credential
	signJWT                     // at the start of a JSON Web Token
	signJWTBody                 // at the dot before its payload
	signJWT64                   // at the start of one in base64
	signPEM                     // before a private key
	signPEM64                   // before one in base64
	signBearer                  // in the scheme Bearer of the Authorization header
	signHeader                  // in the name of that header
	signURL                     // between a scheme and what may be user:password@
	signWebhook                 // in the host of Slack's webhooks
	signAzure                   // in a client secret of Azure
	signSAS                     // before the signature in an Azure storage URL
	signProgram                 // in the name of a program with a secret option
	signObject                  // in the kind Secret
	signEscape                  // an escape by which JSON can hide any of these
	numSignKinds
)

// signTexts spells the signs but those of prefixes. # stands for a
// letter, ^ for any other byte and ? for both. A name that announces a secret cannot be written
// without a sign.
var signTexts = [numSignKinds][]string{
	signName: {
		"pass", "Pass", "PASS", "toke", "Toke", "TOKE", "secr", "Secr", "SECR", "AUTH",
		"^pwd", "pwd=", "pwd:", "pwd ", "?Pwd", "?PWD", "Pwd=", "Pwd:", "PWD=", "PWD:", "key^", "Key^", "KEY^",
	},
	signJWT:     {"eyJh", "eyJ0", "eyJr", "eyJl", "eyJj", "eyJ6", "eyJq", "eyJ4", "eyJi"},
	signJWTBody: {".eyJ"},
	signJWT64:   {"ZXlK"},
	signPEM:     {"-BEG"},
	signPEM64:   {"LS0t"},
	signBearer:  {"Bear"},
	signHeader:  {"riza", "RIZA"},
	signURL:     {"#://", `#:\/`},
	signWebhook: {"ck.c"},
	signAzure:   {"?Q~?"},
	signSAS:     {"ig=?"},
	signProgram: {"curl", "ysql", "iadb", "gosh", "godu", "s-cl", "smbc", "sqlc", "sshp"},
	signObject:  {"Secr"},
	signEscape:  {`\u00`},
}

// A sign is one spelling, as a little-endian number with a mask.
type sign struct {
	bytes, mask uint32
	kind        signKind
	prefix      int8 // index in prefixes
	skip        int8 // bytes before the name that it is in
}

// A candidate is a sign that two bytes can be part of, the first of them at
// an offset in the sign.
type candidate struct {
	sign   sign
	offset int
}

// signTable finds signs by any two neighbouring bytes of them but the last
// two, so that one of three neighbouring offsets is enough to look at.
type signTable struct {
	begins     [1 << 16]uint8  // by the two bytes: 1 where there is a list
	list       [1 << 16]uint16 // index in candidates, 0 for none
	candidates [][]candidate
	threes     [1 << 10]uint64 // by a hash: whether three bytes may be part of a sign
}

// hasThree reports whether three bytes may be part of a sign.
func (t *signTable) hasThree(three uint32) bool {
	h := hashThree(three)
	return t.threes[h>>6]>>(h&63)&1 != 0
}

func hashThree(three uint32) uint32 { return three * 0x9E3779B1 >> 16 }

// newSignTable compiles signTexts and prefixes.
func newSignTable() *signTable {
	t := &signTable{candidates: make([][]candidate, 1)}
	lists := map[uint16][]candidate{}
	add := func(text string, kind signKind, prefix int) {
		s := sign{kind: kind, prefix: int8(prefix)}
		if kind == signName && isClass(text[0]) {
			s.skip = 1
		}
		for i := range 4 {
			if c := text[i]; !isClass(c) {
				s.bytes |= uint32(c) << (8 * i)
				s.mask |= 0xff << (8 * i)
			}
		}
		for offset := range 2 {
			for _, a := range spelled(text[offset]) {
				for _, b := range spelled(text[offset+1]) {
					for _, c := range spelled(text[offset+2]) {
						h := hashThree(uint32(a) | uint32(b)<<8 | uint32(c)<<16)
						t.threes[h>>6] |= 1 << (h & 63)
					}
				}
			}
		}
		for offset := range 3 {
			for _, a := range spelled(text[offset]) {
				for _, b := range spelled(text[offset+1]) {
					two := binary.LittleEndian.Uint16([]byte{a, b})
					lists[two] = append(lists[two], candidate{s, offset})
				}
			}
		}
	}
	for kind, texts := range signTexts {
		for _, text := range texts {
			add(text, signKind(kind), 0)
		}
	}
	for i, p := range prefixes {
		add(p.text[p.sign:], signPrefix, i)
	}
	for two := range 1 << 16 {
		if l := lists[uint16(two)]; len(l) > 0 {
			t.begins[two] = 1
			t.list[two] = uint16(len(t.candidates))
			t.candidates = append(t.candidates, l)
		}
	}
	return t
}

func isClass(c byte) bool { return c == '?' || c == '#' || c == '^' }

// spelled returns the bytes that one of a sign's spelling stands for.
func spelled(c byte) []byte {
	if !isClass(c) {
		return []byte{c}
	}
	var all []byte
	for b := range 256 {
		if c == '?' || isAlpha(byte(b)) == (c == '#') {
			all = append(all, byte(b))
		}
	}
	return all
}
