package main

import (
	"bufio"
	"bytes"
	"context"
	dbsql "database/sql"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	_ "github.com/duckdb/duckdb-go/v2" // the driver, without the store's limits

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/internal/bench/synth"
)

// rival is a question as the other tools are asked it: SQL over one JSON
// file, a fixed text for grep, a filter for jq. Empty where a tool has no
// answer.
type rival struct {
	about, sql, grep, jq string
}

// rivals are questions of allQuestions, by name.
var rivals = []rival{
	{"address, one side", "SELECT * FROM %s WHERE dst_endpoint_ip = '" + synth.PlantedAddress + "'", synth.PlantedAddress, `select(.dst_endpoint_ip == "` + synth.PlantedAddress + `")`},
	{"hash", "SELECT * FROM %s WHERE process_file_hash_sha256 = '" + synth.PlantedHash + "'", synth.PlantedHash, ""},
	{"rare text", "SELECT * FROM %s WHERE contains(lower(process_cmd_line), 'mrig-6')", "mrig-6", ""},
	{"latest 100 requests", "SELECT * FROM %s WHERE \"table\" = 'audit' ORDER BY time DESC LIMIT 100", "", ""},
	{"top 20 namespaces and workloads", "SELECT k8s_namespace, k8s_workload, count(*) n FROM %s GROUP BY ALL ORDER BY n DESC LIMIT 20", "", ""},
	{"histogram, 5 minutes", "SELECT time // 300000000 b, count(*) FROM %s GROUP BY b", "", ""},
}

// compare asks the same questions of a small store, of DuckDB over one JSON
// file with the same events, and of grep and jq over that file.
func compare(ctx context.Context, w, progress io.Writer, dir string, seed uint64, events int64, rounds int) error {
	dir = filepath.Join(dir, "compare")
	s, err := openStore(ctx, filepath.Join(dir, "store"), seed)
	if err != nil {
		return err
	}
	defer s.lake.Close()
	if _, err := s.grow(ctx, events, progress); err != nil {
		return err
	}
	file := filepath.Join(dir, "events.json")
	if err := writeJSON(file, seed, events); err != nil {
		return err
	}
	st, err := os.Stat(file)
	if err != nil {
		return err
	}
	db, err := dbsql.Open("duckdb", "")
	if err != nil {
		return err
	}
	defer db.Close()
	fmt.Fprintf(w, "%d events: one JSON file of %d MB\n%-34s %10s %12s %8s %12s %8s %12s %8s\n", events, st.Size()>>20, "question", "store", "DuckDB JSON", "", "grep", "", "jq", "")
	all := allQuestions(s.truth)
	for _, r := range rivals {
		for _, q := range all {
			if q.about != r.about {
				continue
			}
			a := asked{question: q}
			if err := s.warm(ctx, &a, rounds); err != nil {
				return err
			}
			fmt.Fprintf(w, "%-34s %10s", q.about, short(a.warm))
			for _, do := range []func() (time.Duration, error){
				func() (time.Duration, error) { return sqlOver(ctx, db, r.sql, file) },
				func() (time.Duration, error) { return program(ctx, r.grep, "grep", "-F", "-e", r.grep, file) },
				func() (time.Duration, error) { return program(ctx, r.jq, "jq", "-c", r.jq, file) },
			} {
				took, err := do()
				if err != nil {
					return err
				}
				ratio := ""
				if took > 0 {
					ratio = fmt.Sprintf("%.0fx", float64(took)/float64(a.warm))
				}
				fmt.Fprintf(w, " %12s %8s", short(took), ratio)
			}
			fmt.Fprintln(w)
		}
	}
	return nil
}

// sqlOver is how long DuckDB takes over the file. It is told the columns'
// types, and what is asked for by name is all it has to find.
func sqlOver(ctx context.Context, db *dbsql.DB, text, file string) (time.Duration, error) {
	columns := []string{"\"table\": 'VARCHAR'"}
	seen := map[string]bool{}
	for _, c := range event.Classes() {
		for _, f := range event.Columns(c) {
			if seen[f.Column()] {
				continue
			}
			seen[f.Column()] = true
			kind := "VARCHAR"
			switch f.Type {
			case event.TypeInt, event.TypeTime:
				kind = "BIGINT"
			case event.TypeBool:
				kind = "BOOLEAN"
			case event.TypeStrings:
				kind = "VARCHAR[]"
			}
			columns = append(columns, f.Column()+": '"+kind+"'")
		}
	}
	from := "read_json('" + strings.ReplaceAll(file, "'", "''") + "', format='newline_delimited', columns={" + strings.Join(columns, ", ") + "})"
	start := time.Now()
	rows, err := db.QueryContext(ctx, fmt.Sprintf(text, from))
	if err != nil {
		return 0, err
	}
	for rows.Next() {
		// reading them is part of the answer
	}
	return time.Since(start), errors.Join(rows.Err(), rows.Close())
}

// program is how long a program takes over the file; 0 when it has no answer
// or is not there.
func program(ctx context.Context, question, name string, args ...string) (time.Duration, error) {
	if question == "" {
		return 0, nil
	}
	if _, err := exec.LookPath(name); err != nil {
		return 0, nil
	}
	start := time.Now()
	c := exec.CommandContext(ctx, name, args...)
	c.Stdout = io.Discard
	err := c.Run()
	var status *exec.ExitError
	if errors.As(err, &status) && status.ExitCode() == 1 { // grep found nothing
		err = nil
	}
	return time.Since(start), err
}

// writeJSON writes events as one JSON document a line, by the names of their
// columns; times are microseconds since 1970.
func writeJSON(name string, seed uint64, events int64) (err error) {
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	out := bufio.NewWriterSize(f, 1<<20)
	var e event.Event
	var line bytes.Buffer
	src := stream(seed, 0, synth.Mix{})
	for n := range events {
		if n%part == 0 {
			src = stream(seed, n, synth.Mix{})
		}
		src.Next(&e)
		line.Reset()
		line.WriteString(`{"table":"` + e.Class.String() + `"`)
		for _, f := range event.Columns(e.Class) {
			writeMember(&line, &e, f)
		}
		line.WriteString("}\n")
		if _, err := out.Write(line.Bytes()); err != nil {
			return err
		}
	}
	return out.Flush()
}

func writeMember(b *bytes.Buffer, e *event.Event, f *event.Field) {
	member := func() { b.WriteString(`,"` + f.Column() + `":`) }
	switch f.Type {
	case event.TypeInt, event.TypeBool, event.TypeTime:
		n, ok := e.Number(f.ID)
		if !ok {
			return
		}
		member()
		switch f.Type {
		case event.TypeBool:
			b.WriteString(strconv.FormatBool(n != 0))
		case event.TypeTime:
			b.WriteString(strconv.FormatInt(n/1000, 10))
		default:
			b.WriteString(strconv.FormatInt(n, 10))
		}
	case event.TypeStrings:
		list, ok := e.List(f.ID)
		if !ok {
			return
		}
		member()
		for i, word := range list {
			b.WriteString(map[bool]string{true: "[", false: ","}[i == 0])
			quote(b, word)
		}
		b.WriteString(map[bool]string{true: "[]", false: "]"}[len(list) == 0])
	default:
		text, ok := e.Text(f.ID)
		if f.ID == event.RawData.ID() && text == "" && len(e.Raw) > 0 {
			text, ok = string(e.Raw), true
		}
		if !ok || text == "" {
			return
		}
		member()
		quote(b, text)
	}
}

// quote writes a JSON text. Made-up events have no control characters.
func quote(b *bytes.Buffer, text string) {
	b.WriteByte('"')
	for i := range len(text) {
		if text[i] == '"' || text[i] == '\\' {
			b.WriteByte('\\')
		}
		b.WriteByte(text[i])
	}
	b.WriteByte('"')
}
