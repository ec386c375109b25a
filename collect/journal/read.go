package journal

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"

	"github.com/lynceus-io/lynceus/collect/foreign"
	"github.com/lynceus-io/lynceus/event"
)

// Format is an entry as JSON.
var Format = foreign.Format{
	Name:  "journald",
	Marks: [][]string{{"__REALTIME_TIMESTAMP", "__CURSOR"}},
	Read:  read,
	// The same entry is written in other ways: as JSON, exported, and by later
	// versions with more members.
	Identity: identity,
}

// identity is an entry's cursor, and what it says: so that whoever makes up an
// entry with the cursor of another hides nothing.
func identity(doc []byte) []byte {
	var x entry
	if foreign.Unmarshal(doc, &x) != nil || x.Cursor == "" {
		return nil
	}
	return []byte(string(x.Cursor) + "\n" + string(x.Time) + "\n" + string(x.Message))
}

// entry is what is read of an entry.
type entry struct {
	Cursor     text `json:"__CURSOR"`
	Time       text `json:"__REALTIME_TIMESTAMP"` // microseconds since 1970
	Message    text `json:"MESSAGE"`
	Priority   text `json:"PRIORITY"`
	Unit       text `json:"_SYSTEMD_UNIT"`
	UserUnit   text `json:"_SYSTEMD_USER_UNIT"`
	Identifier text `json:"SYSLOG_IDENTIFIER"`
	Command    text `json:"_COMM"`
	Transport  text `json:"_TRANSPORT"`
	Host       text `json:"_HOSTNAME"`
	// What Docker's log driver journald adds.
	Container text `json:"CONTAINER_ID_FULL"`
	Name      text `json:"CONTAINER_NAME"`
	Image     text `json:"IMAGE_NAME"`
}

// text is a value: text, or a list of values, of which the first counts. null
// stands for what was too long. Numbers of bytes, where a value is not UTF-8, are
// not read: nobody has looked for secrets in them.
type text string

// UnmarshalJSON reads any of these; what is none is "".
func (t *text) UnmarshalJSON(b []byte) error {
	var s string
	if json.Unmarshal(b, &s) == nil {
		*t = text(s)
		return nil
	}
	var list []json.RawMessage
	if json.Unmarshal(b, &list) == nil && len(list) > 0 && list[0][0] == '"' {
		return t.UnmarshalJSON(list[0])
	}
	return nil
}

// withoutBytes returns an entry without values that are numbers of bytes, nil
// where there are none.
func withoutBytes(doc []byte) []byte {
	if !bytes.Contains(doc, []byte("[")) {
		return nil
	}
	var members map[string]json.RawMessage
	if json.Unmarshal(doc, &members) != nil {
		return nil
	}
	found := false
	for name, v := range members {
		if v[0] == '[' && !bytes.HasPrefix(bytes.TrimLeft(v[1:], " \t\r\n"), []byte{'"'}) || v[0] == '[' && bytes.Contains(v[1:], []byte{'['}) {
			members[name], found = json.RawMessage("null"), true
		}
	}
	if !found {
		return nil
	}
	out, err := json.Marshal(members)
	if err != nil {
		return nil
	}
	return out
}

// severities are those of syslog, by number.
var severities = [...]string{"emerg", "alert", "crit", "err", "warning", "notice", "info", "debug"}

func read(doc []byte, to foreign.Rows) error {
	var x entry
	if err := foreign.Unmarshal(doc, &x); err != nil {
		return err
	}
	e := to.Begin(event.ClassLog, withoutBytes(doc))
	if us, err := strconv.ParseInt(string(x.Time), 10, 64); err == nil && us > 0 && us < 1<<53 {
		event.Time.Set(e, us*1000)
	}
	if n, err := strconv.Atoi(string(x.Priority)); err == nil && n >= 0 && n < len(severities) {
		event.LogSeverity.Set(e, severities[n])
	}
	foreign.Text(e, event.Message, string(x.Message))
	foreign.Text(e, event.LogName, first(x.Unit, x.UserUnit, kernelOf(x.Transport), x.Identifier, x.Command))
	foreign.Text(e, event.TraceService, first(x.Identifier, x.Command))
	foreign.Text(e, event.K8sNode, string(x.Host))
	foreign.Text(e, event.ContainerUID, string(x.Container))
	foreign.Text(e, event.ContainerImageName, string(x.Image))
	x.pod(e)
	foreign.Account(e, string(x.Command), string(x.Message)) // not by the identifier, which is anybody's to choose
	to.End()
	return nil
}

// pod sets what the name of a container says that a kubelet made by Docker:
// k8s_CONTAINER_POD_NAMESPACE_UID_ATTEMPT.
func (x *entry) pod(e *event.Event) {
	parts := strings.Split(string(x.Name), "_")
	if len(parts) != 6 || parts[0] != "k8s" {
		foreign.Text(e, event.ContainerName, string(x.Name))
		return
	}
	foreign.Text(e, event.ContainerName, parts[1])
	foreign.Text(e, event.K8sPod, parts[2])
	foreign.Text(e, event.K8sNamespace, parts[3])
	foreign.Text(e, event.K8sPodUID, parts[4])
}

func kernelOf(transport text) text {
	if transport == "kernel" {
		return "kernel"
	}
	return ""
}

func first(list ...text) string {
	for _, t := range list {
		if t != "" {
			return string(t)
		}
	}
	return ""
}
