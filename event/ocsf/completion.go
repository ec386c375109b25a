package ocsf

import (
	"strconv"
	"strings"
	"time"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/event/rawjson"
)

// unknown stands for text that OCSF requires and the event does not have.
const unknown = `"unknown"`

// completion says which member OCSF wants of an object, besides those that
// the registry has a field for.
type completion struct {
	at       string        // the object: the end of its path, "" for the document
	only     event.Class   // in documents of this table; ClassNone: of all
	name     string        // the member
	unless   []string      // members of the object that do as well
	from     event.FieldID // the field it is made from
	beside   string        // or the member whose field it is made from
	write    writer        // makes it from that field
	constant string        // the member for an event without that field; "" for none
}

// completions are in the order of https://schema.ocsf.io/1.8.0: the document,
// then objects.
var completions = []completion{
	{name: "time", from: event.ReceivedTime.ID(), write: writeMillisOrZero, constant: "0"},
	{name: "status_id", from: event.Status.ID(), write: writeStatusID, constant: "0"},
	{name: "src_endpoint", only: event.ClassNetwork, unless: []string{"dst_endpoint"}, constant: `{"name":"unknown"}`},
	{name: "src_endpoint", only: event.ClassDNS, unless: []string{"dst_endpoint"}, constant: `{"name":"unknown"}`},

	{at: "actor", name: "user", unless: []string{"process"}, constant: `{"name":"unknown","type_id":0}`},
	{at: "api", name: "operation", constant: unknown},
	{at: "api.request", name: "uid", constant: unknown},
	{at: "connection_info", name: "direction_id", from: event.ConnectionInfoInitiated.ID(), write: writeDirection, constant: "0"},
	{at: "device", name: "name", from: event.K8sNode.ID(), write: writeText, constant: unknown},
	{at: "device", name: "type_id", constant: "0"},
	{at: "dst_endpoint", name: "name", unless: []string{"ip", "hostname"}, constant: unknown},
	{at: "src_endpoint", name: "name", unless: []string{"ip", "hostname"}, constant: unknown},
	{at: "file", name: "name", beside: "path", write: writeLastPart, constant: unknown},
	{at: "file", name: "type_id", constant: "0"},
	{at: "hashes", name: "algorithm", constant: `"SHA-256"`},
	{at: "hashes", name: "algorithm_id", constant: "3"},
	{at: "kernel", name: "name", constant: unknown},
	{at: "kernel", name: "type_id", constant: "0"},
	{at: "module", name: "load_type_id", constant: "0"},
	{at: "process", name: "uid", unless: []string{"pid"}, constant: unknown},
	{at: "parent_process", name: "uid", unless: []string{"pid"}, constant: unknown},
	{at: "query", name: "hostname", constant: unknown},
	{at: "resources", name: "name", unless: []string{"uid"}, constant: `"*"`},
	{at: "resources", name: "namespace", from: event.K8sNamespace.ID(), write: writeText},
	{at: "user", name: "name", unless: []string{"uid"}, constant: unknown},
	{at: "actor.user", only: event.ClassAudit, name: "type_id", from: event.ActorUserName.ID(), write: writeUserType, constant: "0"},
}

// isFor reports whether the object at that path is meant, in documents of
// table c.
func (x *completion) isFor(path string, c event.Class) bool {
	if x.only != event.ClassNone && x.only != c {
		return false
	}
	return path == x.at || x.at != "" && strings.HasSuffix(path, "."+x.at)
}

// writeMillisOrZero writes a time that stands in for another.
func writeMillisOrZero(dst []byte, e *event.Event, id event.FieldID) []byte {
	v, _ := e.Number(id)
	return strconv.AppendInt(dst, max(0, v)/int64(time.Millisecond), 10)
}

func writeStatusID(dst []byte, e *event.Event, id event.FieldID) []byte {
	v, _ := e.Text(id)
	switch v {
	case "Unknown":
		return append(dst, '0')
	case "Success":
		return append(dst, '1')
	case "Failure":
		return append(dst, '2')
	}
	return append(dst, "99"...) // status is the source's own word
}

// writeDirection writes a direction_id as the observed side sees it: 2
// (Outbound) for a connection that it opened, else 1 (Inbound).
func writeDirection(dst []byte, e *event.Event, id event.FieldID) []byte {
	if v, _ := e.Number(id); v != 0 {
		return append(dst, '2')
	}
	return append(dst, '1')
}

// writeLastPart writes the last part of a path.
func writeLastPart(dst []byte, e *event.Event, id event.FieldID) []byte {
	v, _ := e.Text(id)
	return rawjson.AppendQuoted(dst, v[strings.LastIndexByte(v, '/')+1:])
}
