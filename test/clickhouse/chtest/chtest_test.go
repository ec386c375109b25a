package chtest

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
)

func TestStatements(t *testing.T) {
	base, db := Database(t)
	Exec(t, base, db, "CREATE TABLE t (a Int64, b Array(String)) ENGINE = MergeTree ORDER BY a")
	Exec(t, base, db, "INSERT INTO t VALUES (1, ['x', 'y'])")
	insert(t, base, db, "INSERT INTO t FORMAT JSONEachRow", `{"a":2,"b":[]}`)
	if got := Exec(t, base, db, "SELECT * FROM t ORDER BY a FORMAT JSONCompactEachRow"); got != "[1, [\"x\",\"y\"]]\n[2, []]" {
		t.Errorf("rows: %s", got)
	}
}

// TestSettingsDoNotLeak makes sure that what one request sets is gone in the next, also while others run.
func TestSettingsDoNotLeak(t *testing.T) {
	base := Start(t)
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			want := string(rune('1' + i))
			if got := get(t, base+"/?max_threads="+want+"&query="+url.QueryEscape("SELECT getSetting('max_threads') FORMAT TSVRaw")); got != want {
				t.Errorf("max_threads = %s, want %s", got, want)
			}
		})
	}
	wg.Wait()
	get(t, base+"/?insert_deduplication_token=x&query=SELECT+1")
	if got := Exec(t, base, "", "SELECT getSetting('insert_deduplication_token')"); got != "" {
		t.Errorf("the token %q leaked", got)
	}
}

func TestExceptions(t *testing.T) {
	base := Start(t)
	tests := []struct{ params, query, code, text string }{
		{"", "SELECT nope", "47", "nope"},
		{"", "SELEC 1", "62", "SELEC"},
		{"", "SELECT * FROM nowhere", "60", "nowhere"},
		{"no_such_setting=1", "SELECT 1", "115", "no_such_setting"},
		{"readonly=2", "CREATE TABLE x (a Int8) ENGINE = Memory", "164", "readonly"},
		{"database=nowhere", "SELECT 1", "81", "nowhere"},
		{"max_execution_time=0.2", "SELECT count() FROM system.numbers WHERE number % 7 = 8", "159", "exceeded"},
	}
	for _, tt := range tests {
		answer, err := http.Post(base+"/?"+tt.params, "text/plain", strings.NewReader(tt.query))
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		if got := answer.Header.Get("X-ClickHouse-Exception-Code"); got != tt.code || answer.StatusCode == http.StatusOK {
			t.Errorf("%s %s: code %s, status %s, want code %s", tt.params, tt.query, got, answer.Status, tt.code)
		}
	}
}

func TestKillAndStartAgain(t *testing.T) {
	dir := t.TempDir()
	e := StartAt(t, dir)
	Exec(t, e.URL(), "", "CREATE TABLE t (a Int64) ENGINE = MergeTree ORDER BY a")
	Exec(t, e.URL(), "", "INSERT INTO t SELECT number FROM numbers(1000)")
	e.Kill()
	if _, err := http.Get(e.URL() + "/ping"); err == nil {
		t.Error("a killed engine answers")
	}
	e = StartAt(t, dir)
	if got := Exec(t, e.URL(), "", "SELECT count() FROM t"); got != "1000" {
		t.Errorf("%s rows after the kill, want 1000", got)
	}
}

func insert(t *testing.T, base, db, query, data string) {
	t.Helper()
	answer, err := http.Post(base+"/?database="+db+"&query="+url.QueryEscape(query), "", strings.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		t.Fatal(answer.Status)
	}
}

func get(t *testing.T, address string) string {
	t.Helper()
	answer, err := http.Get(address)
	if err != nil {
		t.Error(err)
		return ""
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Error(err)
	}
	return strings.TrimSpace(string(body))
}
