package peer

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// Commands that a peer may know. One that it does not know it answers so.
const (
	// Report asks a sensor for a report of itself now; the answer's body is
	// what it reports, as JSON.
	Report = "report"
	// Policy gives a sensor the policies that it is to enforce from now on, in
	// place of those it has; the body is a PolicySet, the answer's a
	// PolicyState.
	Policy = "policy"
	// Rules gives a sensor the rules that it is to judge from now on, in place
	// of those it has; the body is a RuleSet, the answer's a RuleState.
	Rules = "rules"
	// Hash asks a sensor for the SHA-256 of a file in a container, or of a
	// process's program; the body is a HashOf, the answer's a Hashed.
	Hash = "hash"
	// Inventory has a cluster's agent list everything again, and report it as
	// present; neither body nor answer say anything.
	Inventory = "inventory"
	// TokenReview asks a cluster's agent whose a service account's token is;
	// the body is a ReviewToken, the answer's a TokenReviewed.
	TokenReview = "token-review"
)

// Command is something that the hub asks of a peer.
type Command struct {
	ID   string `json:"id"`
	Kind string `json:"kind"`
	// Expires is when it must not be begun any more, by the hub's clock.
	Expires time.Time       `json:"expires"`
	Body    json.RawMessage `json:"body,omitempty"`
}

// Answer is what a peer says of a command that it got.
type Answer struct {
	ID string `json:"id"`
	// Error says why the command was not done; "" for one that was.
	Error string          `json:"error,omitempty"`
	Body  json.RawMessage `json:"body,omitempty"`
}

// PolicySet is policies to enforce.
type PolicySet struct {
	// Version names this set; peers report the version that is in force.
	Version string `json:"version"`
	// Files are the documents by name, as package collect/sensor/enforce reads
	// them.
	Files map[string]string `json:"files"`
}

// PolicyState is what a sensor enforces.
type PolicyState struct {
	Version  string `json:"version"`
	Policies int    `json:"policies"`
}

// RuleSet is rules to judge on a node.
type RuleSet struct {
	// Version names this set; peers report the version that is in force.
	Version string `json:"version"`
	// Packed are the rule files, as Files.Pack writes them.
	Packed []byte `json:"packed"`
	// Off are the ids of rules among them that find nothing.
	Off []string `json:"off,omitempty"`
}

// RuleState is what a sensor judges.
type RuleState struct {
	Version string `json:"version"`
	Rules   int    `json:"rules"` // that are judged on the node
	Left    int    `json:"left"`  // that need more than one node, and are left to the hub
}

// HashOf names a file.
type HashOf struct {
	// Container is the id of a container, in whose root Path stands.
	Container string `json:"container,omitempty"`
	Path      string `json:"path,omitempty"`
	// PID is a process, by its number on the node, whose program is meant where
	// there is no Path.
	PID uint32 `json:"pid,omitempty"`
}

// Hashed is what a sensor says of a file.
type Hashed struct {
	SHA256   string    `json:"sha256"`
	Size     int64     `json:"size"`
	Mode     string    `json:"mode"` // permissions, octal
	Owner    uint32    `json:"owner"`
	Modified time.Time `json:"modified"`
	PID      uint32    `json:"pid"` // of the process by which it was found
}

// ReviewToken is a token of a service account that somebody showed.
type ReviewToken struct {
	Token string `json:"token"`
}

// TokenReviewed is what the cluster says of a token.
type TokenReviewed struct {
	// Refused says why the token proves nothing; "" for one that does.
	Refused string `json:"refused,omitempty"`
	// Node is the node of the pod that the token is bound to.
	Node string `json:"node,omitempty"`
	// User is the service account, as the cluster names users.
	User string `json:"user,omitempty"`
}

// Hello is what a peer says of itself.
type Hello struct {
	Version string    `json:"version"`           // of the program
	Policy  string    `json:"policy,omitempty"`  // version of the policies in force
	Rules   string    `json:"rules,omitempty"`   // version of the rules in force
	Takes   []string  `json:"takes,omitempty"`   // commands by which it lets the hub say what it does: Policy, Rules
	Offset  *Offset   `json:"offset,omitempty"`  // nil before it was measured
	Sent    time.Time `json:"sent"`              // by the peer's clock
	Status  string    `json:"status,omitempty"`  // a line about trouble
	Waiting int64     `json:"waiting,omitempty"` // bytes that wait for the hub
}

// Offset is how far a clock is ahead of the hub's.
type Offset struct {
	Ahead time.Duration `json:"ahead_ns"` // negative for one that is behind
	Error time.Duration `json:"error_ns"` // the truth is within so much of it
}

// Welcome is the answer to a Hello.
type Welcome struct {
	Received time.Time `json:"received"` // by the hub's clock
}

// Issued is a certificate, or why there is none.
type Issued struct {
	Refused string `json:"refused,omitempty"`
	// Certificate and Authorities are PEM: the peer's chain, and whom it is to
	// believe that they are the gate.
	Certificate string `json:"certificate,omitempty"`
	Authorities string `json:"authorities,omitempty"`
	// Gate is the gate's address, HOST:PORT; without a host it is where the
	// peer enrolled.
	Gate string `json:"gate,omitempty"`
}

// Bounds of what is said rarely.
const (
	maxID = 64
	// MaxNote bounds a Hello, a certificate request, and what the API takes of
	// them, in bytes.
	MaxNote = 16 << 10
)

// Encode returns something that is said rarely as a message.
func Encode(v any) ([]byte, error) {
	b, err := json.Marshal(v)
	if err == nil && len(b) > MaxMessage {
		err = fmt.Errorf("it has %d bytes, at most %d can be sent", len(b), MaxMessage)
	}
	return b, err
}

// ParseCommand reads a command.
func ParseCommand(data []byte) (c Command, err error) {
	if err := json.Unmarshal(data, &c); err != nil {
		return Command{}, fmt.Errorf("the message is no command: %w", err)
	}
	if c.ID == "" || len(c.ID) > maxID || c.Kind == "" || len(c.Kind) > maxID || c.Expires.IsZero() {
		return Command{}, errors.New("a command has an id, a kind and an end")
	}
	return c, nil
}

// ParseAnswer reads an answer.
func ParseAnswer(data []byte) (a Answer, err error) {
	if err := json.Unmarshal(data, &a); err != nil {
		return Answer{}, fmt.Errorf("the message is no answer: %w", err)
	}
	if a.ID == "" || len(a.ID) > maxID {
		return Answer{}, errors.New("an answer has the id of its command")
	}
	a.Error = clip(a.Error, maxReason)
	return a, nil
}

// Bounds of what a Hello says.
const (
	maxWord  = 128
	maxTakes = 16
)

// ParseHello reads a hello. Its texts are cut to what is sensible.
func ParseHello(data []byte) (h Hello, err error) {
	if len(data) > MaxNote {
		return Hello{}, fmt.Errorf("a hello of %d bytes, at most %d are read", len(data), MaxNote)
	}
	if err := json.Unmarshal(data, &h); err != nil {
		return Hello{}, fmt.Errorf("the message is no hello: %w", err)
	}
	h.Version, h.Policy, h.Rules, h.Status = clip(h.Version, maxWord), clip(h.Policy, maxWord), clip(h.Rules, maxWord), clip(h.Status, maxReason)
	h.Waiting = max(h.Waiting, 0)
	h.Takes = h.Takes[:min(len(h.Takes), maxTakes)]
	for i := range h.Takes {
		h.Takes[i] = clip(h.Takes[i], maxID)
	}
	return h, nil
}
