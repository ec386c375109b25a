package event

import "strings"

// FieldID is a field's number. Numbers are stable for ever: they name the
// field on the wire and in stored segments and are never used again.
type FieldID uint16

// Type is the type of a field's value.
type Type uint8

// The types. An absent value is told apart from an empty or zero one for all
// of them (see [Event.Has]).
const (
	TypeString  Type = iota + 1 // text
	TypeInt                     // signed 64-bit integer
	TypeBool                    // true or false
	TypeTime                    // nanoseconds since 1970-01-01 UTC
	TypeIP                      // an IPv4 or IPv6 address as canonical text, IPv4-mapped ones unmapped
	TypeStrings                 // a list of text
	TypeJSON                    // a JSON value, as its source text
)

var typeNames = [...]string{TypeString: "string", TypeInt: "int", TypeBool: "bool", TypeTime: "time", TypeIP: "ip", TypeStrings: "[]string", TypeJSON: "json"}

// String returns the type's name as docs/fields.md shows it.
func (t Type) String() string {
	if int(t) >= len(typeNames) || typeNames[t] == "" {
		return "unknown"
	}
	return typeNames[t]
}

// Origin says where a field's value comes from.
type Origin uint8

// The origins.
const (
	// Stored values are set by whoever makes the event and live in its slots.
	Stored Origin = iota
	// Derived values are read out of the raw document by the field's Paths,
	// only when somebody asks.
	Derived
	// Contextual values depend on events before this one (who called from
	// where until now). They are stored too, but only after the event has
	// taken its place in the order of time; rules that read them are judged
	// then.
	Contextual
)

// Field is the declaration of one field.
type Field struct {
	ID     FieldID
	Name   string  // dotted, lower case, OCSF's words where OCSF has them
	Type   Type    // of its value
	Tables []Class // whose rows can have it; none means all
	OCSF   string  // path in an exported OCSF document
	Doc    string  // what it means, in one or two sentences
	// Sigma lists the names by which Sigma rules mean the field, each as
	// "log source:name", where the log source is the category or the service
	// ("process_creation:Image", "audit:objectRef.resource").
	Sigma []string
	// Falco lists the names by which Falco rules mean the field.
	Falco []string
	// Search says how people look for its values; stores index by it.
	Search Search
	Origin Origin
	// Paths of a Derived field: where in the raw document its values stand.
	// All of them are read; arrays are walked through.
	Paths []string
	// Part of a Derived field: what of each text at Paths is the value, nil
	// for all of it. What it returns is a part of its argument or a constant.
	Part func(text string) string
}

// In reports whether rows of table c can have the field.
func (f *Field) In(c Class) bool {
	if len(f.Tables) == 0 {
		return true
	}
	for _, t := range f.Tables {
		if t == c {
			return true
		}
	}
	return false
}

// Lookup returns the declaration of field id, or nil when there is none.
func Lookup(id FieldID) *Field {
	if int(id) >= len(byID) || byID[id] == 0 {
		return nil
	}
	return &registry[byID[id]-1]
}

// ByName returns the field called name (as in Field.Name), or nil.
func ByName(name string) *Field {
	if i, ok := names[name]; ok {
		return &registry[i]
	}
	return nil
}

// BySigma returns the field that Sigma rules of a log source call name, or
// nil. The source is a Sigma category or service; names are matched exactly.
func BySigma(source, name string) *Field {
	if i, ok := sigmaNames[source+":"+name]; ok {
		return &registry[i]
	}
	return nil
}

// ByFalco returns the field that Falco rules call name, or nil.
func ByFalco(name string) *Field {
	if i, ok := falcoNames[name]; ok {
		return &registry[i]
	}
	return nil
}

// Fields returns the registry in order of field number. The caller must not
// change it.
func Fields() []Field { return registry }

var (
	registry   = allFields()
	byID       = indexIDs(registry)
	names      = indexNames(registry, func(f *Field) []string { return []string{f.Name} })
	sigmaNames = indexNames(registry, func(f *Field) []string { return f.Sigma })
	falcoNames = indexNames(registry, func(f *Field) []string { return f.Falco })
)

func indexIDs(fs []Field) []uint16 {
	var max FieldID
	for i := range fs {
		if fs[i].ID > max {
			max = fs[i].ID
		}
	}
	out := make([]uint16, max+1)
	for i := range fs {
		out[fs[i].ID] = uint16(i + 1)
	}
	return out
}

func indexNames(fs []Field, of func(*Field) []string) map[string]int {
	out := make(map[string]int, len(fs))
	for i := range fs {
		for _, n := range of(&fs[i]) {
			out[n] = i
		}
	}
	return out
}

// allFields joins the tables' declarations. Each file fields_*.go declares
// the fields of one kind of source in a block of numbers of its own.
func allFields() []Field {
	var out []Field
	for _, part := range [][]Field{commonFields, auditFields, podSpecFields, runtimeFields, syscallFields, callFields, networkFields, findingFields, inventoryFields, namesFields, policyFields, coverageFields, foreignFields, accessFields, captureFields} {
		out = append(out, part...)
	}
	return out
}

// GoName returns the exported Go identifier of a field name:
// "actor.user.name" gives "ActorUserName", "src_endpoint.ip" "SrcEndpointIP".
func GoName(name string) string {
	var b strings.Builder
	for _, w := range strings.FieldsFunc(name, func(r rune) bool { return r == '.' || r == '_' }) {
		if up, ok := initialisms[w]; ok {
			b.WriteString(up)
			continue
		}
		b.WriteString(strings.ToUpper(w[:1]) + w[1:])
	}
	return b.String()
}

var initialisms = map[string]string{
	"api": "API", "cidr": "CIDR", "cwd": "CWD", "dns": "DNS", "http": "HTTP", "id": "ID", "ids": "IDs", "ip": "IP", "ips": "IPs",
	"ipc": "IPC", "pid": "PID", "sha256": "SHA256", "tty": "TTY", "uid": "UID", "uri": "URI", "url": "URL", "k8s": "K8s", "os": "OS", "rbac": "RBAC", "csr": "CSR",
}
