package hub

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Role is a part of a server's work.
type Role string

// The roles.
const (
	// Intake takes events in and puts them on the bus.
	Intake Role = "intake"
	// Detection judges the events of the bus.
	Detection Role = "detection"
	// Storage keeps what was judged, and keeps the ledger.
	Storage Role = "storage"
	// Answers has the API answer questions.
	Answers Role = "api"
)

// roles are all of them, in the order in which events meet them.
var roles = []Role{Intake, Detection, Storage, Answers}

// ParseRoles reads roles separated by commas; "" is all of them.
func ParseRoles(text string) (out []Role, err error) {
	if text == "" {
		return nil, nil
	}
	for word := range strings.SplitSeq(text, ",") {
		r := Role(strings.TrimSpace(word))
		if !slices.Contains(roles, r) {
			return nil, fmt.Errorf("there is no role %q; the roles are intake, detection, storage and api", word)
		}
		if !slices.Contains(out, r) {
			out = append(out, r)
		}
	}
	return out, nil
}

// whole reports whether one process does everything: events go from the bus
// into detection and from there into the store without another hop.
func (o *UpOptions) whole() bool { return len(o.Roles) == 0 || len(o.Roles) == len(roles) }

// has reports whether the server has a role.
func (o *UpOptions) has(r Role) bool { return o.whole() || slices.Contains(o.Roles, r) }

// roleNames are the server's roles as texts.
func (o *UpOptions) roleNames() (out []string) {
	for _, r := range roles {
		if o.has(r) {
			out = append(out, string(r))
		}
	}
	return out
}

// checkRoles says what cannot be about the roles, and what to do.
func (o *UpOptions) checkRoles() error {
	if o.whole() {
		return nil
	}
	intake := len(o.Follow) > 0 || len(o.Logs) > 0 || len(o.Journals) > 0 || o.Webhook != nil || o.Kafka != nil || len(o.Relays) > 0 || o.Gate != nil || o.Sensor != nil
	clickHouse := o.ClickHouse != nil
	switch {
	case o.Bus == nil:
		return errors.New("roles in several processes meet on a bus: say where it is with --bus URL, or leave out --role to have all in one process")
	case intake && !o.has(Intake):
		return errors.New("followed files, webhook, topics, relays, node sensor and gate need the role intake: add it to --role, or give them to the process that has it")
	case o.has(Intake) && len(o.Roles) == 1 && !intake:
		return errors.New("nothing would come in: the role intake needs --follow, --webhook, --kafka, --gate or the node sensor")
	case o.Kubernetes != nil && !o.has(Storage) && !o.has(Answers):
		return errors.New("a cluster's contents are compared with what is stored: give --kubeconfig to a process with the role storage or api, or run lynceus agent")
	case o.has(Storage) && !o.has(Answers) && !clickHouse:
		return errors.New("the store of a data directory can be asked by its own process only: give --role storage,api, or keep events in ClickHouse with --clickhouse URL")
	case o.has(Answers) && !o.has(Storage) && (!clickHouse || !o.ClickHouse.Answer):
		return errors.New("an API apart from the store can ask ClickHouse only: give --clickhouse URL with --clickhouse-answers, or --role storage,api")
	case clickHouse && !o.has(Storage) && !o.has(Answers):
		return errors.New("ClickHouse is for those who store or answer: leave out --clickhouse here")
	case o.Told != nil && !o.has(Detection):
		return errors.New("findings are posted by those who make them: give that to the processes with the role detection")
	}
	return nil
}
