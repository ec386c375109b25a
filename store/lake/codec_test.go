package lake

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/parquet-go/parquet-go/format"

	"github.com/lynceus-io/lynceus/event"
)

// codecsOf returns how the columns of a segment are compressed.
func codecsOf(t *testing.T, l *Lake, s *segment) map[format.CompressionCodec]bool {
	t.Helper()
	f, err := os.Open(filepath.Join(l.opts.Dir, s.dataFile()))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	p, err := openParquet(f, s.bytes, readBuffer)
	if err != nil {
		t.Fatal(err)
	}
	out := map[format.CompressionCodec]bool{}
	for _, g := range p.Metadata().RowGroups {
		for _, c := range g.Columns {
			out[c.MetaData.Codec] = true
		}
	}
	return out
}

// What is written anew soon is compressed quickly, documents and what stays well.
func TestCodecs(t *testing.T) {
	for _, tt := range []struct {
		name               string
		fill               func(*maker, *event.Event)
		appended, reworked format.CompressionCodec
	}{
		{"connections", (*maker).network, format.Snappy, format.Zstd},
		{"requests with documents", (*maker).audit, format.Zstd, format.Zstd},
	} {
		t.Run(tt.name, func(t *testing.T) {
			at := &clock{base}
			l, _ := open(t, Options{Dir: t.TempDir(), Now: at.now})
			events := pool(1000, tt.fill)
			store(t, l, "p", 1, 1, events...)
			store(t, l, "p", 2, 2, events...)
			for _, s := range l.all() {
				if got := codecsOf(t, l, s); len(got) != 1 || !got[tt.appended] {
					t.Errorf("appended: %v", got)
				}
			}
			at.at = base.Add(2 * time.Hour)
			maintain(t, l)
			all := l.all()
			if len(all) != 1 || all[0].rows != 2000 {
				t.Fatalf("%d segments", len(all))
			}
			if got := codecsOf(t, l, all[0]); len(got) != 1 || !got[tt.reworked] {
				t.Errorf("merged: %v", got)
			}
		})
	}
}
