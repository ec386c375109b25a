package clickhouse

import (
	"fmt"
	"math"
	"regexp"
	"strings"
	"testing"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/kql/sql"
)

// TestIndexesPrune asks the engine which granules its indexes leave of ten.
func TestIndexesPrune(t *testing.T) {
	s := migrated(t, Options{})
	ask(t, s, `INSERT INTO audit (metadata_uid, time, received_time, audit_stage, audit_awaits, actor_user_name, src_endpoint_ip, k8s_pod, resource_name, http_request_url_path, raw_data)
		SELECT concat('uid-', toString(number)), fromUnixTimestamp64Micro(1772323200000000 + number * 31250, 'UTC'), fromUnixTimestamp64Micro(1772323200000000 + number * 31250, 'UTC'), if(number = 70000, 'RequestReceived', 'ResponseComplete'), if(number = 60000, true, NULL),
			'system:admin', concat('10.0.', toString(intDiv(number, 250)), '.', toString(number % 250)), concat('Pod-', toString(number)), concat('Res-', toString(number)),
			concat('/api/v1/', hex(cityHash64(number))), concat('{"id":"', hex(cityHash64(number, 1)), if(number = 70000, ' Needle In Hay', ''), '"}')
		FROM numbers(81920)`)
	equal := func(column, v string, fold bool) sql.Scan {
		return sql.Scan{Equal: []sql.Equal{{Column: column, Values: []string{v}, Fold: fold}}}
	}
	contains := func(column, v string) sql.Scan {
		return sql.Scan{Contains: []sql.Contains{{Column: column, Text: v}}}
	}
	tests := []struct {
		index string
		scan  sql.Scan
		rows  string
	}{
		{"equal_metadata_uid", equal("metadata_uid", "uid-70000", false), "1"},
		{"equal_src_endpoint_ip", equal("src_endpoint_ip", "10.0.280.0", false), "1"},
		{"equal_src_endpoint_ip", equal("src_endpoint_ip", "192.0.2.1", true), "0"},
		{"equal_k8s_pod", equal("k8s_pod", "Pod-70000", false), "1"},
		{"fold_k8s_pod", equal("k8s_pod", "pod-70000", true), "1"},
		{"grams_resource_name", contains("resource_name", "res-70000"), "1"},
		{"grams_raw_data", contains("raw_data", "needle in hay"), "1"},
		{"range_time", sql.Scan{From: testDay + 70000e9/32, To: testDay + 70001e9/32}, "2"},
	}
	for _, tt := range tests {
		tt.scan.Table = event.ClassAudit
		if tt.scan.From == 0 {
			tt.scan.From, tt.scan.To = math.MinInt64, math.MaxInt64
		}
		st := over(statement("SELECT count() AS c FROM {{scan 0}}", "c:long"), tt.scan)
		text, err := s.text(st)
		if err != nil {
			t.Fatal(err)
		}
		left, of := granules(t, ask(t, s, "EXPLAIN indexes = 1 "+text+" FORMAT TSVRaw"), tt.index)
		if left > 2 || of <= left && tt.index != "range_time" { // the order of rows has left few for that one
			t.Errorf("%s leaves %d granules of %d\n%s", tt.index, left, of, text)
		}
		if got := query(t, s, st); got[0] != tt.rows {
			t.Errorf("%s: %s rows, want %s", tt.index, got[0], tt.rows)
		}
	}
	// The rows that can be amended stand together.
	text, err := s.text(over(statement("SELECT count() AS c FROM {{scan 0}}", "c:long"), scanOf(event.ClassAudit)))
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{openRows, "metadata_revision > 0"} {
		if !strings.Contains(text, part) {
			t.Errorf("the scan does not ask for %s:\n%s", part, text)
		}
		explained := ask(t, s, "EXPLAIN indexes = 1 SELECT metadata_uid FROM audit WHERE "+part+" FORMAT TSVRaw")
		_, key, _ := strings.Cut(explained, "PrimaryKey")
		m := granulesLine.FindStringSubmatch(key)
		if m == nil || m[1] != "0" && m[1] != "1" && m[1] != "2" {
			t.Errorf("%s leaves granules %q\n%s", part, m, explained)
		}
	}
}

var granulesLine = regexp.MustCompile(`Granules: (\d+)/(\d+)`)

// granules finds in an explanation how many granules the index of that name left, of how many.
func granules(t *testing.T, explained, index string) (left, of int) {
	t.Helper()
	_, after, found := strings.Cut(explained, "Name: "+index+"\n")
	m := granulesLine.FindStringSubmatch(after)
	if !found || m == nil {
		t.Errorf("index %s is not used:\n%s", index, explained)
		return math.MaxInt, 0
	}
	if _, err := fmt.Sscan(m[1]+" "+m[2], &left, &of); err != nil {
		t.Fatal(err)
	}
	return left, of
}
