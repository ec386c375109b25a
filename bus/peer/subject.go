package peer

import (
	"errors"
	"strings"
)

// Lane is a sequence of batches of one importance.
type Lane string

// The lanes, the most important first.
const (
	Findings Lane = "findings"
	Health   Lane = "health"
	Events   Lane = "events"
)

// Lanes returns the lanes, the most important first.
func Lanes() []Lane { return []Lane{Findings, Health, Events} }

// Valid reports whether there is such a lane.
func (l Lane) Valid() bool { return l == Findings || l == Health || l == Events }

// What a peer says, as a token of its subjects.
const (
	verbPut    = "put"
	verbHello  = "hello"
	verbRenew  = "renew"
	verbAnswer = "answer"
)

// agentToken stands for the node in an agent's subjects. No node's name
// becomes it: Escape writes an at sign as =40.
const agentToken = "@agent"

// byName begins the token of a cluster whose UID is not known, for the same
// reason.
const byName = "@"

// PutSubject is where the peer publishes batches of a lane.
func (n Name) PutSubject(l Lane) string { return n.in(verbPut) + "." + string(l) }

// HelloSubject is where the peer says how it is.
func (n Name) HelloSubject() string { return n.in(verbHello) }

// RenewSubject is where the peer asks for its next certificate.
func (n Name) RenewSubject() string { return n.in(verbRenew) }

// AnswerSubject is where the peer answers commands.
func (n Name) AnswerSubject() string { return n.in(verbAnswer) }

// CommandSubject is where the peer gets commands.
func (n Name) CommandSubject() string { return "cmd." + n.Key() }

// Inbox begins the subjects under which the peer gets answers.
func (n Name) Inbox() string { return "_INBOX." + n.Key() }

// MayPublish and MaySubscribe are all the subjects that are the peer's.
func (n Name) MayPublish() []string { return []string{"in." + n.Key() + ".>"} }

// MaySubscribe is described at MayPublish.
func (n Name) MaySubscribe() []string { return []string{n.Inbox() + ".>", n.CommandSubject()} }

// All is what the hub subscribes to: what every peer says.
const All = "in.>"

func (n Name) in(verb string) string { return "in." + n.Key() + "." + verb }

func (n Name) clusterToken() string {
	if n.ClusterUID == "" {
		return byName + Escape(n.Cluster)
	}
	return Escape(n.ClusterUID)
}

func (n Name) nodeToken() string {
	if n.Kind == Agent {
		return agentToken
	}
	return Escape(n.Node)
}

// Said is what stands in the subject of something that a peer said.
type Said struct {
	Key  string // of the peer: Name.Key
	Verb Verb
	Lane Lane // of a Put
}

// Verb is what a peer does by a message.
type Verb uint8

// The verbs.
const (
	Put Verb = iota + 1
	SayHello
	Renew
	AnswerCommand
)

var verbs = map[string]Verb{verbPut: Put, verbHello: SayHello, verbRenew: Renew, verbAnswer: AnswerCommand}

var errSubject = errors.New("the subject is none that a peer speaks under")

// ParseSubject reads a subject that All covers. With an error the key is that
// of the peer, where the subject has one.
func ParseSubject(subject string) (Said, error) {
	rest, ok := strings.CutPrefix(subject, "in.")
	if !ok {
		return Said{}, errSubject
	}
	first := strings.IndexByte(rest, '.')
	if first < 0 {
		return Said{}, errSubject
	}
	second := strings.IndexByte(rest[first+1:], '.')
	if second < 0 {
		return Said{}, errSubject
	}
	second += first + 1
	verb, lane, _ := strings.Cut(rest[second+1:], ".")
	s := Said{Key: rest[:second], Verb: verbs[verb], Lane: Lane(lane)}
	if s.Verb == 0 || (s.Verb == Put) != s.Lane.Valid() || (s.Verb != Put) != (lane == "") {
		return Said{Key: s.Key}, errSubject
	}
	return s, nil
}

// Escape returns a text as one token of a subject: what is not a letter, digit,
// - or _ becomes = and two hexadecimal digits for each of its bytes.
func Escape(text string) string {
	const digits = "0123456789ABCDEF"
	if strings.IndexFunc(text, special) < 0 {
		return text
	}
	var b strings.Builder
	for i := range len(text) {
		c := text[i]
		if !special(rune(c)) {
			b.WriteByte(c)
			continue
		}
		b.WriteByte('=')
		b.WriteByte(digits[c>>4])
		b.WriteByte(digits[c&15])
	}
	return b.String()
}

// special reports whether Escape writes a character otherwise.
func special(c rune) bool {
	return !('a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '-' || c == '_')
}
