// Package own knows the requests that Lynceus' own agents make of an API
// server, so that no rule has to take an agent's word or account for it.
//
// A client may choose the audit ID of its request. An agent chooses one that
// holds a code, made of the time and the request's URI under a key that only
// the hub and the agent of that cluster have. Whoever steals the agent's
// account, copies its user agent or calls from its pod has not got the key; who
// reads the audit log can repeat one request, unchanged, for some minutes.
package own

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"strconv"
	"strings"
	"time"
)

// Header is the HTTP header in which a client may give the audit ID of its
// request.
// Source: https://kubernetes.io/docs/reference/config-api/apiserver-audit.v1/
const Header = "Audit-ID"

// A Key is what the hub and the agent of one cluster share.
type Key [sha256.Size]byte

// NewKey derives the key of a cluster from the secret of an installation, so
// that it is the same after a restart and needs no place of its own.
func NewKey(secret []byte, clusterUID, clusterName string) (k Key) {
	m := hmac.New(sha256.New, secret)
	for _, part := range []string{"lynceus requests of an agent", clusterUID, clusterName} {
		m.Write([]byte(part))
		m.Write([]byte{0})
	}
	m.Sum(k[:0])
	return k
}

// MarshalText writes the key in hexadecimal, for the one who is to have it.
func (k Key) MarshalText() ([]byte, error) { return hex.AppendEncode(nil, k[:]), nil }

// UnmarshalText reads what MarshalText writes.
func (k *Key) UnmarshalText(text []byte) error {
	b, err := hex.DecodeString(string(text))
	if err != nil || len(b) != len(k) {
		return errors.New("a key for requests is 64 hexadecimal digits")
	}
	copy(k[:], b)
	return nil
}

const (
	// prefix says to people whose audit ID it is.
	prefix = "lynceus-"
	// codeBytes of the code are kept: an ID has 50 characters then, and API
	// servers cut what they answer with at 64.
	codeBytes = 16
	// Skew is how far the clocks of agent and API server may be apart, and
	// therefore how long a request could be repeated.
	Skew = 5 * time.Minute
)

// AuditID returns the audit ID for a request of method GET that is made now.
// uri is the path with the query, as it is sent.
func (k *Key) AuditID(now time.Time, uri string) string {
	stamp := strconv.FormatInt(now.Unix(), 16)
	code := k.code(stamp, uri)
	return prefix + stamp + "-" + hex.EncodeToString(code[:])
}

func (k *Key) code(stamp, uri string) (out [codeBytes]byte) {
	m := hmac.New(sha256.New, k[:])
	m.Write([]byte(stamp))
	m.Write([]byte{0})
	m.Write([]byte(uri))
	var sum [sha256.Size]byte
	copy(out[:], m.Sum(sum[:0]))
	return out
}

// Claims reports whether an audit ID has the form of an agent's, which anybody
// can give one.
func Claims(auditID string) bool { return strings.HasPrefix(auditID, prefix) }

// Made reports whether a request for uri that was received at a time, and has
// an audit ID, was made with the key. It is for requests that read: method GET.
func (k *Key) Made(auditID, uri string, received time.Time) bool {
	stamp, code, ok := strings.Cut(strings.TrimPrefix(auditID, prefix), "-")
	if !ok || !Claims(auditID) {
		return false
	}
	seconds, err := strconv.ParseInt(stamp, 16, 64)
	if err != nil || received.Sub(time.Unix(seconds, 0)).Abs() > Skew {
		return false
	}
	want := k.code(stamp, uri)
	got, err := hex.DecodeString(code)
	return err == nil && subtle.ConstantTimeCompare(got, want[:]) == 1
}
