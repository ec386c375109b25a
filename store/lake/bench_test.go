package lake

import (
	"context"
	"runtime"
	"syscall"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/event"
)

// cpu returns the seconds of processor time that the process has used.
func cpu(tb testing.TB) float64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		tb.Fatal(err)
	}
	return float64(u.Utime.Nano()+u.Stime.Nano()) / 1e9
}

// pool returns n distinct events, so that making them is not measured.
func pool(n int, fill func(*maker, *event.Event)) []*event.Event {
	m, out := newMaker(7), make([]*event.Event, n)
	var e event.Event
	for i := range out {
		fill(m, &e)
		out[i] = e.Clone()
	}
	return out
}

func benchAppend(b *testing.B, perCommit int, fill func(*maker, *event.Event)) {
	l, _ := open(b, Options{Dir: b.TempDir()})
	events := pool(65536, fill)
	b.ReportAllocs()
	b.ResetTimer()
	start, n, seq := cpu(b), 0, uint64(0)
	for b.Loop() {
		seq++
		a := l.Begin("p", seq, seq)
		for i := range perCommit {
			if err := a.Add(events[(n+i)%len(events)]); err != nil {
				b.Fatal(err)
			}
		}
		if err := a.Commit(context.Background()); err != nil {
			b.Fatal(err)
		}
		n += perCommit
	}
	spent := cpu(b) - start
	b.StopTimer()
	s := l.Stats()
	var data, filters int64
	for _, seg := range l.all() {
		data += seg.bytes
		filters += seg.idxBytes
	}
	b.ReportMetric(float64(n)/spent, "events/cpu-s")
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "events/s")
	b.ReportMetric(float64(data)/float64(s.Rows), "B/event")
	b.ReportMetric(float64(filters)/float64(s.Rows), "filterB/event")
	b.ReportMetric(0, "ns/op")
}

func BenchmarkAppendNetwork(b *testing.B)      { benchAppend(b, 65536, (*maker).network) }
func BenchmarkAppendNetworkSmall(b *testing.B) { benchAppend(b, 8192, (*maker).network) }
func BenchmarkAppendAudit(b *testing.B)        { benchAppend(b, 65536, (*maker).audit) }

func benchMerge(b *testing.B, fill func(*maker, *event.Event)) {
	events := pool(65536, fill)
	b.ResetTimer()
	var spent float64
	var rows, data, filters, peak int64
	for b.Loop() {
		b.StopTimer()
		at := &clock{base}
		l, _ := open(b, Options{Dir: b.TempDir(), Now: at.now})
		for seq := range uint64(8) {
			store(b, l, "p", seq+1, seq+1, events...)
		}
		at.at = base.Add(2 * time.Hour)
		start := cpu(b)
		b.StartTimer()
		u := maintain(b, l)
		spent += cpu(b) - start
		rows += u.MergedRows
		for _, seg := range l.all() {
			data += seg.bytes
			filters += seg.idxBytes
		}
		var ms runtime.MemStats
		runtime.ReadMemStats(&ms)
		peak = max(peak, int64(ms.HeapSys))
	}
	b.ReportMetric(float64(rows)/spent, "events/cpu-s")
	b.ReportMetric(float64(rows)/b.Elapsed().Seconds(), "events/s")
	b.ReportMetric(float64(data)/float64(rows), "B/event")
	b.ReportMetric(float64(filters)/float64(rows), "filterB/event")
	b.ReportMetric(float64(peak)/(1<<20), "heapMB")
	b.ReportMetric(0, "ns/op")
}

func BenchmarkMergeNetwork(b *testing.B) { benchMerge(b, (*maker).network) }
func BenchmarkMergeAudit(b *testing.B)   { benchMerge(b, (*maker).audit) }
