package event

// Class is a table of Lynceus and the OCSF 1.8 class its rows follow.
type Class uint8

// The tables. ClassNone is the zero value: no table.
const (
	ClassNone Class = iota
	ClassProcess
	ClassFile
	ClassNetwork
	ClassDNS
	ClassAudit
	ClassKernel
	ClassModule
	ClassMemory
	ClassFinding
	ClassIncident
	ClassInventory
	ClassK8sEvent
	ClassHealth
	ClassSelfAudit
	ClassAlert
	ClassLog
	ClassSpan
	numClasses
)

// classes is indexed by Class. UIDs are those of https://schema.ocsf.io/1.8.0;
// 0 marks a table of our own, which has no OCSF class.
var classes = [numClasses]struct {
	name string
	uid  int
	doc  string
}{
	ClassNone:      {"", 0, ""},
	ClassProcess:   {"process", 1007, "a process started or ended"},
	ClassFile:      {"file", 1001, "a file was opened, written, renamed, removed or changed"},
	ClassNetwork:   {"network", 4001, "a connection or a flow"},
	ClassDNS:       {"dns", 4003, "a question to the domain name system, and its answer"},
	ClassAudit:     {"audit", 6003, "a request to the Kubernetes API"},
	ClassKernel:    {"kernel", 1003, "a kernel facility was used: mount, namespace, BPF, io_uring"},
	ClassModule:    {"module", 1005, "a kernel module was loaded or removed"},
	ClassMemory:    {"memory", 1004, "another process's memory was read, written or run"},
	ClassFinding:   {"finding", 2004, "a rule matched"},
	ClassIncident:  {"incident", 2005, "findings that belong together"},
	ClassInventory: {"inventory", 0, "an object of the cluster as it was at a time"},
	ClassK8sEvent:  {"k8s_event", 0, "an Event object of the cluster"},
	ClassHealth:    {"health", 0, "the state of a source, a sensor or the hub"},
	ClassSelfAudit: {"selfaudit", 0, "a use of Lynceus itself"},
	ClassAlert:     {"alert", 0, "another tool warned of something"},
	ClassLog:       {"log", 0, "a line that a program, component or node logged"},
	ClassSpan:      {"span", 0, "a step of a traced request, as the service that took it tells"},
}

// String returns the table's name, such as "audit"; "" for ClassNone.
func (c Class) String() string {
	if c >= numClasses {
		return ""
	}
	return classes[c].name
}

// UID returns the OCSF class_uid, or 0 for a table that OCSF has no class for.
func (c Class) UID() int {
	if c >= numClasses {
		return 0
	}
	return classes[c].uid
}

// Doc returns one line that says what a row of the table is.
func (c Class) Doc() string {
	if c >= numClasses {
		return ""
	}
	return classes[c].doc
}

// Classes returns every table in order.
func Classes() []Class {
	out := make([]Class, 0, numClasses-1)
	for c := ClassNone + 1; c < numClasses; c++ {
		out = append(out, c)
	}
	return out
}

// ClassByName returns the table of that name; ok is false when there is none.
func ClassByName(name string) (c Class, ok bool) {
	for c := ClassNone + 1; c < numClasses; c++ {
		if classes[c].name == name {
			return c, true
		}
	}
	return ClassNone, false
}
