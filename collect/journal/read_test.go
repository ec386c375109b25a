package journal

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/lynceus-io/lynceus/internal/foreigntest"
)

const samples = "testdata/read.txtar"

func TestRead(t *testing.T) { foreigntest.Run(t, Format, samples) }

func FuzzRead(f *testing.F) {
	archive, err := txtar.ParseFile(samples)
	if err != nil {
		f.Fatal(err)
	}
	var seeds []string
	for _, s := range archive.Files {
		if filepath.Ext(s.Name) == ".json" {
			seeds = append(seeds, string(s.Data))
		}
	}
	foreigntest.Fuzz(f, Format, seeds...)
}

// What is written as numbers of bytes is kept nowhere: secrets in it are not known.
func TestReadBytes(t *testing.T) {
	const doc = `{"__CURSOR":"c","__REALTIME_TIMESTAMP":"1767261606000000","MESSAGE":[104,105],"A":["x",[104,105]],"B":["x","[y"],"PRIORITY":"3"}`
	rows, _ := foreigntest.Read(t, doc, Format)
	const raw = `{"A":null,"B":null,"MESSAGE":null,"PRIORITY":"3","__CURSOR":"c","__REALTIME_TIMESTAMP":"1767261606000000"}`
	if len(rows) != 1 || rows[0].Raw != raw {
		t.Errorf("%+v", rows)
	}
}

// An entry is known by its cursor, however it is written; another that has the cursor of one, and says something else, is another.
func TestReadIdentity(t *testing.T) {
	uid := func(doc string) string {
		rows, _ := foreigntest.Read(t, doc, Format)
		if len(rows) != 1 {
			t.Fatalf("%s: %+v", doc, rows)
		}
		return rows[0].UID
	}
	known := uid(`{"__CURSOR":"c","__REALTIME_TIMESTAMP":"1767261606000000","MESSAGE":"hello","_COMM":"sshd"}`)
	for doc, want := range map[string]bool{
		`{"MESSAGE":"hello","_COMM":"sshd","__SEQNUM":"7","__REALTIME_TIMESTAMP":"1767261606000000","__CURSOR":"c"}`: true,
		`{"__CURSOR":"d","__REALTIME_TIMESTAMP":"1767261606000000","MESSAGE":"hello","_COMM":"sshd"}`:                false,
		`{"__CURSOR":"c","__REALTIME_TIMESTAMP":"1767261606000000","MESSAGE":"bye","_COMM":"sshd"}`:                  false,
	} {
		if (uid(doc) == known) != want {
			t.Errorf("%s: want %v", doc, want)
		}
	}
}

// Who signed in is said by the programs that see to it, not by one that calls itself so.
func TestReadAccount(t *testing.T) {
	for command, want := range map[string]bool{"sshd": true, "logger": false} {
		doc := `{"__CURSOR":"c","__REALTIME_TIMESTAMP":"1767261606000000","_COMM":"` + command + `","SYSLOG_IDENTIFIER":"sshd","MESSAGE":"Accepted password for root from 203.0.113.7 port 1 ssh2"}`
		rows, _ := foreigntest.Read(t, doc, Format)
		const who = `"actor.user.name":"root","src_endpoint.ip":"203.0.113.7"`
		if len(rows) != 1 || strings.Contains(rows[0].Line, who) != want {
			t.Errorf("%s: %+v", command, rows)
		}
	}
}
