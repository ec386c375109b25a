package clickhouse

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/kql/sql"
	"github.com/lynceus-io/lynceus/kql/value"
)

func TestScanText(t *testing.T) {
	s, err := New(Options{URL: "http://h/db"})
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		scan sql.Scan
		want string
	}{
		{scanOf(event.ClassHealth, "time"), "`db`.`health`"},
		{sql.Scan{Table: event.ClassHealth, Columns: []string{"time"}, From: 1500, To: math.MaxInt64}, "(SELECT `time` FROM `db`.`health` WHERE time >= fromUnixTimestamp64Micro(toInt64(1), 'UTC'))"},
		{sql.Scan{Table: event.ClassHealth, From: math.MinInt64, To: -1}, "(SELECT 1 FROM `db`.`health` WHERE time <= fromUnixTimestamp64Micro(toInt64(-1), 'UTC'))"},
		{with(event.ClassHealth, sql.Equal{Column: "src_endpoint_ip", Values: []string{"a'b", "c"}}), "(SELECT `k8s_pod` FROM `db`.`health` WHERE `src_endpoint_ip` IN ('a\\'b', 'c'))"},
		{with(event.ClassHealth, sql.Equal{Column: "src_endpoint_ip", Values: []string{"::a"}, Fold: true}), "`db`.`health`"},
		{with(event.ClassHealth, sql.Equal{Column: "src_endpoint_ip", Values: []string{"10.0.0.1"}, Fold: true}), "(SELECT `k8s_pod` FROM `db`.`health` WHERE `src_endpoint_ip` IN ('10.0.0.1'))"},
		{with(event.ClassHealth, sql.Equal{Column: "k8s_pod", Values: []string{"web-1"}, Fold: true}), "(SELECT `k8s_pod` FROM `db`.`health` WHERE lowerUTF8(replaceAll(`k8s_pod`, 'İ', 'i')) IN ('web-1'))"},
		{with(event.ClassHealth, sql.Equal{Column: "k8s_pod", Values: []string{"wéb"}, Fold: true}), "`db`.`health`"},
		{with(event.ClassHealth, sql.Equal{Column: "status", Values: []string{"x"}}), "`db`.`health`"},
		{with(event.ClassHealth, sql.Equal{Column: "gone", Values: []string{"x"}}), "`db`.`health`"},
		{sql.Scan{Table: event.ClassHealth, Columns: []string{"actor_user_name"}, From: math.MinInt64, To: math.MaxInt64, Contains: []sql.Contains{{Column: "actor_user_name", Text: `50%_\'`}, {Column: "actor_user_name", Text: "ä"}, {Column: "status", Text: "abcd"}}},
			"(SELECT `actor_user_name` FROM `db`.`health` WHERE lowerUTF8(replaceAll(`actor_user_name`, 'İ', 'i')) LIKE '%50\\\\%\\\\_\\\\\\\\\\'%')"},
		{scanOf(event.ClassNetwork, "k8s_pod"), "(SELECT `k8s_pod` FROM `db`.`network` WHERE (metadata_awaits IS NULL OR metadata_awaits = false) UNION ALL SELECT `k8s_pod` FROM `db`.`network` WHERE metadata_awaits = true AND " +
			"if(ifNull(metadata_revision, 0) > 0, (metadata_uid, ifNull(metadata_revision, 0)) IN (SELECT metadata_uid, max(ifNull(metadata_revision, 0)) FROM `db`.`network` WHERE metadata_revision > 0 GROUP BY metadata_uid), metadata_uid NOT IN (SELECT metadata_uid FROM `db`.`network` WHERE metadata_revision > 0)))"},
		{scanOf(event.ClassFinding, "severity"), "(SELECT `severity` FROM `db`.`finding` WHERE (metadata_uid, ifNull(metadata_revision, 0)) IN (SELECT metadata_uid, max(ifNull(metadata_revision, 0)) FROM `db`.`finding` WHERE metadata_uid IN (SELECT metadata_uid FROM `db`.`finding`) GROUP BY metadata_uid))"},
	}
	for _, tt := range tests {
		got, err := s.scan(&tt.scan)
		if err != nil || got != tt.want {
			t.Errorf("%+v:\n%s (%v)\nwant\n%s", tt.scan, got, err, tt.want)
		}
	}
	for _, bad := range []sql.Scan{{}, {Table: 200}, {Table: event.ClassFinding, Columns: []string{"x` FROM y --"}}} {
		if text, err := s.scan(&bad); err == nil {
			t.Errorf("%+v: %s", bad, text)
		}
	}
}

func with(c event.Class, eq sql.Equal) sql.Scan {
	sc := scanOf(c, "k8s_pod")
	sc.Equal = []sql.Equal{eq}
	return sc
}

// TestHintsKeepRows compares each hint with the operator it stands for, on texts that fold in odd ways.
func TestHintsKeepRows(t *testing.T) {
	s := migrated(t, Options{})
	texts := []string{"", "kubectl", "KUBECTL", "Kubectl", "\u212Aubectl", "xKUBECTLy", "iptables", "IPTABLES", "\u0130PTABLES", "\u0131ptables", "stra\u00dfe", "STRASSE",
		"a%b_c\\d", "A%B_C\\D", "axbxcxd", "\u03a3\u03a3", "\u03c3\u03c2", "caf\u00e9", "CAF\u00c9", "\xff\xfekubectl\xc3", "i\u0307ptables", "10.0.0.1", "\ufb01le", "\u1e9e"}
	m := &memory{}
	var events []*event.Event
	for i, text := range texts {
		e := audits(i, 1)[0]
		event.ResourceName.Set(e, text)
		events = append(events, e)
	}
	m.add(t, "a", event.ClassAudit, events...)
	ship(t, newShipper(t, s, m, t.TempDir()), 1)
	count := func(sc sql.Scan) []string {
		sc.Columns = []string{"resource_name"}
		return query(t, s, over(statement("SELECT resource_name AS c FROM {{scan 0}}", "c:string"), sc))
	}
	for _, needle := range texts {
		fold := value.Fold(needle)
		for name, sc := range map[string]sql.Scan{
			"equal":        with(event.ClassAudit, sql.Equal{Column: "resource_name", Values: []string{needle, "other"}}),
			"equal folded": with(event.ClassAudit, sql.Equal{Column: "resource_name", Values: []string{fold}, Fold: true}),
			"contains": {Table: event.ClassAudit, From: math.MinInt64, To: math.MaxInt64,
				Contains: []sql.Contains{{Column: "resource_name", Text: fold}}},
		} {
			got := strings.Join(count(sc), "\n") + "\n"
			for _, text := range texts {
				match := text == needle
				switch name {
				case "equal folded":
					match = value.Fold(text) == fold
				case "contains":
					match = strings.Contains(value.Fold(text), fold)
				}
				if match && !strings.Contains("\n"+got, "\n"+text+"\n") {
					t.Errorf("%s %q does not find %q", name, needle, text)
				}
			}
		}
	}
}

// TestTimeBounds compares the bounds of a scan with the stored times, to the microsecond.
func TestTimeBounds(t *testing.T) {
	s := migrated(t, Options{})
	m := &memory{}
	m.add(t, "a", event.ClassAudit, audits(0, 5)...)
	ship(t, newShipper(t, s, m, t.TempDir()), 1)
	second := int64(1e9)
	tests := []struct{ from, to, want int64 }{
		{math.MinInt64, math.MaxInt64, 5},
		{testDay, math.MaxInt64, 5},
		{testDay + 1000, math.MaxInt64, 4},
		{testDay + second, testDay + 2*second, 2},
		{math.MinInt64, testDay + second - 1, 1},
		{math.MinInt64, testDay - 1, 0},
		{math.MinInt64 + 1, math.MaxInt64 - 1, 5},
		{testDay + 4*second, testDay, 0},
	}
	for _, tt := range tests {
		got := query(t, s, over(statement("SELECT count() AS c FROM {{scan 0}}", "c:long"), sql.Scan{Table: event.ClassAudit, From: tt.from, To: tt.to}))
		if got[0] != fmt.Sprint(tt.want) {
			t.Errorf("from %d to %d: %s rows, want %d", tt.from, tt.to, got[0], tt.want)
		}
	}
}
