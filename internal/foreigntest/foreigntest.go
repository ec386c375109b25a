// Package foreigntest reads documents of other people's tools in tests, in the
// way that intake does.
package foreigntest

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/lynceus-io/lynceus/collect/audit"
	"github.com/lynceus-io/lynceus/collect/foreign"
	"github.com/lynceus-io/lynceus/collect/redact"
	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/event/jsonl"
)

// Received is when tests receive what they read.
var Received = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

// hidden are fields that every row has, and that say nothing about a format.
var hidden = [...]event.FieldID{event.RawData.ID(), event.MetadataUID.ID(), event.MetadataSource.ID(), event.ReceivedTime.ID(), event.MetadataLogProvider.ID(), event.AlertEventUID.ID()}

// A Row is an event as a test looks at it.
type Row struct {
	UID, Provider, Raw string
	// Line is the event as JSON, without what every row has.
	Line string
}

// Read returns the rows that lines of text become, and how many documents
// became none.
func Read(tb testing.TB, text string, formats ...foreign.Format) (rows []Row, rejected int64) {
	tb.Helper()
	rows, rejected, err := read(tb, text, formats...)
	if err != nil {
		tb.Fatal(err)
	}
	return rows, rejected
}

// read is Read of text that may be none: the error is that of the stream.
func read(tb testing.TB, text string, formats ...foreign.Format) (rows []Row, rejected int64, _ error) {
	tb.Helper()
	set, err := foreign.NewSet(formats...)
	if err != nil {
		tb.Fatal(err)
	}
	live, err := audit.NewLive(audit.LiveOptions{Redactor: redact.New([]byte("key")), Formats: set, Now: func() time.Time { return Received }})
	if err != nil {
		tb.Fatal(err)
	}
	enc := jsonl.NewEncoder()
	_, err = live.Stream(audit.Origin{Source: "test"}, bytes.NewReader([]byte(text)), func(b *audit.Batch) error {
		for i := range b.Len() {
			e := b.Event(i)
			r := Row{UID: event.MetadataUID.Get(e), Provider: event.MetadataLogProvider.Get(e), Raw: string(e.Raw)}
			shown := e.Clone()
			for _, f := range hidden {
				shown.Clear(f)
			}
			r.Line = string(enc.Append(nil, shown))
			rows = append(rows, r)
		}
		rejected += b.Rejected()
		return nil
	})
	return rows, rejected, err
}

// update writes what documents become now into the files they stand in.
var update = flag.Bool("update", false, "write the rows that documents become into testdata")

// Run holds documents against their rows. Both stand in a file of package
// txtar: each case is a part NAME.json and one NAME.rows. Every row is to have
// the original and an identity, and to be the same when its document comes
// again.
func Run(t *testing.T, format foreign.Format, file string) {
	t.Helper()
	archive, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(archive.Files); i += 2 {
		in, want := &archive.Files[i], &archive.Files[i+1]
		t.Run(in.Name, func(t *testing.T) {
			rows, _ := Read(t, string(in.Data)+"\n"+string(in.Data), format)
			got := once(t, format, rows)
			if *update {
				want.Data = []byte(got)
			} else if got != string(want.Data) {
				t.Errorf("got\n%swant\n%s", got, want.Data)
			}
		})
	}
	if *update {
		if err := os.WriteFile(file, txtar.Format(archive), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// once returns the lines of rows of which the second half repeats the first.
func once(t *testing.T, format foreign.Format, rows []Row) string {
	t.Helper()
	if len(rows)%2 != 0 {
		t.Fatalf("%d rows of the same document twice", len(rows))
	}
	var out strings.Builder
	seen := map[string]bool{}
	for i, r := range rows[:len(rows)/2] {
		out.WriteString(r.Line + "\n")
		if again := rows[len(rows)/2+i]; again != r {
			t.Errorf("the same document is another event: %+v, %+v", r, again)
		}
		if seen[r.UID] || r.Provider != format.Name || r.Raw == "" {
			t.Errorf("row %+v", r)
		}
		seen[r.UID] = true
	}
	return out.String()
}

// Fuzz holds that whatever text comes is read without a fault, and that what
// is read again is the same.
func Fuzz(f *testing.F, format foreign.Format, seeds ...string) {
	f.Helper()
	for _, s := range seeds {
		f.Add(s)
	}
	f.Add("\xff\xfe{\x00")
	f.Fuzz(func(t *testing.T, text string) {
		first, _, err := read(t, text, format)
		again, _, errAgain := read(t, text, format)
		if len(first) != len(again) || fmt.Sprint(err) != fmt.Sprint(errAgain) {
			t.Fatalf("%d rows and %v, then %d and %v", len(first), err, len(again), errAgain)
		}
		for i := range first {
			if first[i] != again[i] || len(first[i].UID) != 32 {
				t.Errorf("%+v, then %+v", first[i], again[i])
			}
		}
	})
}
