// Package token knows who may use the API: bearer tokens, each with a name
// and a role. A token is 256 random bits, so what is stored is its plain
// SHA-256: there is nothing to guess that a slow hash would protect.
//
// Tokens stand in one file of the data directory, which its owner alone may
// read. The command line changes the file while a server runs; the server
// reads it again when it changed.
package token

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"github.com/lynceus-io/lynceus/kql/scope"
)

// Role says what a token may do. Each role of people may do what those before
// it may; see [Role.May].
type Role uint8

// The roles.
const (
	Viewer    Role = iota + 1 // read findings, incidents, rules, status
	Analyst                   // query, and save queries
	Responder                 // exclude findings
	Admin                     // make and revoke tokens
	// Agent reports one cluster, and may do nothing else. No other role may
	// do so.
	Agent
	// Sensor lets node sensors of one cluster enroll, and do nothing else. No
	// other role may do so.
	Sensor
)

var roleNames = [...]string{Viewer: "viewer", Analyst: "analyst", Responder: "responder", Admin: "admin", Agent: "agent", Sensor: "sensor"}

// May reports whether a token with this role may do what needs another.
func (r Role) May(need Role) bool {
	if r >= Agent || need >= Agent {
		return r == need
	}
	return r >= need
}

// Person reports whether the role is one of people and of the programs that
// they use, and not that of a part of Lynceus.
func (r Role) Person() bool { return r >= Viewer && r <= Admin }

// Limitable reports whether who has the role may be limited to clusters and
// namespaces. An admin may not: whoever makes tokens can make one without.
func (r Role) Limitable() bool { return r >= Viewer && r <= Responder }

// String returns the role's name; "" for none.
func (r Role) String() string {
	if int(r) >= len(roleNames) {
		return ""
	}
	return roleNames[r]
}

// Roles returns the roles, those of people from the least to the most.
func Roles() []Role { return []Role{Viewer, Analyst, Responder, Admin, Agent, Sensor} }

// ParseRole reads a role by name.
func ParseRole(text string) (Role, error) {
	for _, r := range Roles() {
		if r.String() == text {
			return r, nil
		}
	}
	return 0, fmt.Errorf("%q is no role: give viewer, analyst, responder, admin, agent or sensor", text)
}

// MarshalText implements encoding.TextMarshaler.
func (r Role) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler.
func (r *Role) UnmarshalText(b []byte) (err error) {
	*r, err = ParseRole(string(b))
	return err
}

// Token is what is known of a token; its secret is not.
type Token struct {
	// ID is public: it stands in the token, in lists and in the record of uses.
	ID   string `json:"id"`
	Name string `json:"name"`
	Role Role   `json:"role"`
	// Cluster is the name of the cluster that an Agent reports and nothing
	// else, or whose nodes a Sensor may be of; "" for other roles.
	Cluster string `json:"cluster,omitempty"`
	// Node is the one node that a Sensor may be of; "" lets it be of any of
	// its cluster.
	Node string `json:"node,omitempty"`
	// Scope is what a person with it may see; the zero value is all.
	Scope scope.Scope `json:"scope,omitzero"`
	// Created and Expires; a zero Expires means never.
	Created time.Time `json:"created"`
	Expires time.Time `json:"expires,omitzero"`
	// CreatedBy is the name of who made it.
	CreatedBy string `json:"created_by"`
}

// Expired reports whether the token is of no use any more.
func (t *Token) Expired(now time.Time) bool { return !t.Expires.IsZero() && !now.Before(t.Expires) }

// stored is a token as the file has it.
type stored struct {
	Token
	SHA256 string `json:"sha256"` // of the whole token, in hexadecimal
}

// prefix begins every token, so that scanners for leaked secrets know it.
const prefix = "lyn_"

// Sizes of the parts of a token in bytes, before they are written as text.
const (
	idBytes     = 6
	secretBytes = 32
)

// generate returns a new token's id and its text: lyn_ID_SECRET.
func generate() (id, text string) {
	var raw [idBytes + secretBytes]byte
	rand.Read(raw[:]) // never fails: see its documentation
	id = hex.EncodeToString(raw[:idBytes])
	return id, prefix + id + "_" + base64.RawURLEncoding.EncodeToString(raw[idBytes:])
}

// idOf returns the id that a token's text claims.
func idOf(text string) (id string, ok bool) {
	rest, ok := strings.CutPrefix(text, prefix)
	if !ok {
		return "", false
	}
	id, _, ok = strings.Cut(rest, "_")
	return id, ok && len(id) == 2*idBytes
}

func hash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// is reports in constant time whether text is this token.
func (s *stored) is(text string) bool {
	return subtle.ConstantTimeCompare([]byte(s.SHA256), []byte(hash(text))) == 1
}
