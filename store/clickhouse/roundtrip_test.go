package clickhouse

import (
	"math"
	"strings"
	"testing"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/kql/sql"
)

// TestRoundTrip ships values of every type and reads them back: absent, empty, zero, extreme, of all kinds of letters.
func TestRoundTrip(t *testing.T) {
	s := migrated(t, Options{})
	full := &event.Event{}
	full.Reset(event.ClassAudit)
	text := "tab\t quote' back\\slash \x00 Ünï 漢字 \U0001F600 İ K ß"
	event.MetadataUID.Set(full, "1")
	event.MetadataRevision.Set(full, math.MinInt64)
	event.Time.Set(full, testDay+123_456_789)
	event.ReceivedTime.Set(full, testDay)
	event.ActorUserName.Set(full, text)
	event.SrcEndpointIP.Set(full, "2001:db8::1")
	event.SrcEndpointPort.Set(full, 65535)
	event.ActorUserGroups.Set(full, []string{"", "a", text})
	event.AuditExecInteractive.Set(full, false)
	event.AuditStage.Set(full, "ResponseComplete")
	full.Raw = []byte(`{"a":` + strings.Repeat(`[`, 50) + strings.Repeat(`]`, 50) + `,"long":"` + strings.Repeat("x", 1<<20) + `"}`)
	empty := &event.Event{}
	empty.Reset(event.ClassAudit)
	event.MetadataUID.Set(empty, "2")
	event.AuditStage.Set(empty, "ResponseComplete")
	zero := &event.Event{}
	zero.Reset(event.ClassAudit)
	event.MetadataUID.Set(zero, "3")
	event.MetadataRevision.Set(zero, math.MaxInt64)
	event.Time.Set(zero, 0)
	event.ReceivedTime.Set(zero, 0)
	event.ActorUserName.Set(zero, "")
	event.SrcEndpointPort.Set(zero, 0)
	event.ActorUserGroups.Set(zero, nil)
	event.AuditExecInteractive.Set(zero, true)
	event.AuditStage.Set(zero, "ResponseComplete")
	early := &event.Event{}
	early.Reset(event.ClassAudit)
	event.MetadataUID.Set(early, "4")
	event.Time.Set(early, -1) // before 1970: rounded down, as the lake does
	event.AuditStage.Set(early, "Panic")

	m := &memory{}
	m.add(t, "a", event.ClassAudit, full, empty, zero, early)
	ship(t, newShipper(t, s, m, t.TempDir()), 1)

	columns := []string{"metadata_uid", "metadata_revision", "time", "actor_user_name", "src_endpoint_ip", "src_endpoint_port", "actor_user_groups", "audit_exec_interactive", "raw_data"}
	got := query(t, s, over(statement(`SELECT metadata_uid AS a, metadata_revision AS b, toUnixTimestamp64Micro(time) * 10 AS c, actor_user_name AS d, src_endpoint_ip AS e,
		src_endpoint_port AS f, actor_user_groups AS g, audit_exec_interactive AS h, length(raw_data) AS i, substring(raw_data, 1, 60) AS j FROM {{scan 0}} ORDER BY metadata_uid`,
		"uid:string", "revision:long", "time:datetime", "name:string", "ip:string", "port:long", "groups:dynamic", "interactive:bool", "length:long", "raw:string"),
		scanOf(event.ClassAudit, columns...)))
	quoted := `"tab\t quote' back\\slash \u0000 Ünï 漢字 ` + "\U0001F600" + ` İ K ß"`
	want := []string{
		"1 | -9223372036854775808 | 2026-03-01T00:00:00.1234560Z | " + text + ` | 2001:db8::1 | 65535 | ["","a",` + quoted + `] | false | ` + itoa(len(full.Raw)) + ` | ` + string(full.Raw[:60]),
		"2 | null | null |  |  | null | [] | null | 0 | ",
		"3 | 9223372036854775807 | 1970-01-01T00:00:00.0000000Z |  |  | 0 | [] | true | 0 | ",
		"4 | null | 1969-12-31T23:59:59.9999990Z |  |  | null | [] | null | 0 | ",
	}
	if len(got) != len(want) {
		t.Fatalf("%d rows: %q", len(got), got)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("row %d is\n%q\nwant\n%q", i, got[i], want[i])
		}
	}
}

// TestEveryFieldArrives sets every column of every table and compares the engine's count of what is not empty.
func TestEveryFieldArrives(t *testing.T) {
	s := migrated(t, Options{})
	m := &memory{}
	for _, c := range event.Classes() {
		e := &event.Event{}
		e.Reset(c)
		for _, f := range event.Columns(c) {
			switch f.Type {
			case event.TypeInt:
				event.IntField(f.ID).Set(e, 7)
			case event.TypeBool:
				event.BoolField(f.ID).Set(e, true)
			case event.TypeTime:
				event.TimeField(f.ID).Set(e, testDay)
			case event.TypeStrings:
				event.StringsField(f.ID).Set(e, []string{"x"})
			default:
				event.StringField(f.ID).Set(e, "x")
			}
		}
		m.add(t, c.String(), c, e)
	}
	ship(t, newShipper(t, s, m, t.TempDir()), len(event.Classes()))
	for _, c := range event.Classes() {
		var tests []string
		for _, f := range event.Columns(c) {
			name := quoteName(f.Column())
			switch f.Type {
			case event.TypeInt:
				tests = append(tests, name+" = 7")
			case event.TypeBool:
				tests = append(tests, name)
			case event.TypeTime:
				tests = append(tests, "toUnixTimestamp64Nano("+name+") = 1772323200000000000")
			case event.TypeStrings:
				tests = append(tests, name+" = ['x']")
			default:
				tests = append(tests, name+" = 'x'")
			}
		}
		got := query(t, s, over(statement("SELECT ["+strings.Join(tests, ", ")+"] AS c FROM {{scan 0}}", "c:dynamic"), sql.Scan{
			Table: c, From: math.MinInt64, To: math.MaxInt64, Columns: columnNames(c)}))
		want := "[" + strings.TrimSuffix(strings.Repeat("true,", len(tests)), ",") + "]"
		if len(got) != 1 || strings.ReplaceAll(got[0], "1", "true") != want {
			t.Errorf("%s: %q of %d columns", c, got, len(tests))
		}
	}
}

func columnNames(c event.Class) []string {
	var out []string
	for _, f := range event.Columns(c) {
		out = append(out, f.Column())
	}
	return out
}
