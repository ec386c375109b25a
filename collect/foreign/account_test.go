package foreign

import (
	"testing"

	"github.com/lynceus-io/lynceus/event"
)

func TestAccount(t *testing.T) {
	f := func(program, message, who, from string) {
		t.Helper()
		var e event.Event
		e.Reset(event.ClassLog)
		Account(&e, program, message)
		if got := event.ActorUserName.Get(&e); got != who || event.ActorUserName.Has(&e) != (who != "") {
			t.Errorf("%s: %s: who is %q, want %q", program, message, got, who)
		}
		if got := event.SrcEndpointIP.Get(&e); got != from || event.SrcEndpointIP.Has(&e) != (from != "") {
			t.Errorf("%s: %s: from is %q, want %q", program, message, got, from)
		}
	}
	f("sshd", "Accepted password for root from 203.0.113.7 port 40022 ssh2", "root", "203.0.113.7")
	f("sshd-session", "Accepted publickey for jane from 2001:db8::7 port 40022 ssh2: ED25519 SHA256:abc", "jane", "2001:db8::7")
	f("sshd", "Failed password for invalid user admin from ::ffff:203.0.113.7 port 1 ssh2", "admin", "203.0.113.7")
	f("sshd", "Failed none for invalid user  from 203.0.113.7 port 1 ssh2", "", "203.0.113.7")
	// The name is the guest's to choose, the address is not.
	f("sshd", "Failed password for invalid user x from 10.0.0.1 port 1 ssh2: y from 203.0.113.7 port 1 ssh2", "x from 10.0.0.1 port 1 ssh2: y", "203.0.113.7")
	f("sshd", "Failed password for root from UNKNOWN port 65535 ssh2", "root", "")
	f("sshd", "Connection closed by 203.0.113.7 port 1", "", "")
	f("sudo", "    jane : TTY=pts/0 ; PWD=/home/jane ; USER=root ; COMMAND=/usr/bin/bash", "jane", "")
	f("sudo", "pam_unix(sudo:session): session opened for user root(uid=0) by jane(uid=1000)", "", "")
	f("nginx", "Accepted password for root from 203.0.113.7 port 40022 ssh2", "", "")
}
