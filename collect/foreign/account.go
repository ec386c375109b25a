package foreign

import (
	"regexp"
	"strings"

	"github.com/lynceus-io/lynceus/event"
)

// signIn is how OpenSSH's auth.c says who came, or did not, and from where. A
// name that was tried may hold anything, also " from ": the last counts.
var signIn = regexp.MustCompile(`^(?:Accepted|Failed) \S+ for (?:invalid user )?(.*) from (\S+) port \d+(?: ssh2)?(?:: .*)?$`)

// sudoer is how sudo begins what it says of somebody who asked it.
var sudoer = regexp.MustCompile(`^\s*(\S+) : `)

// Account sets who signed in to a node or became somebody else there, and from
// where, by what a program of the node wrote into its log. Of other programs,
// and of what these write otherwise, it sets nothing.
func Account(e *event.Event, program, message string) {
	switch program {
	case "sshd", "sshd-session":
		if m := signIn.FindStringSubmatch(message); m != nil {
			Text(e, event.ActorUserName, strings.TrimSpace(m[1]))
			Address(e, event.SrcEndpointIP, m[2])
		}
	case "sudo":
		if m := sudoer.FindStringSubmatch(message); m != nil {
			Text(e, event.ActorUserName, m[1])
		}
	}
}
