package hub

import "testing"

func TestPace(t *testing.T) {
	for _, tt := range []struct {
		live  int64
		nodes int
		want  int
	}{
		{0, 0, mostGC},
		{40 << 20, 0, mostGC},
		{160 << 20, 0, 100},
		{240 << 20, 0, serverGC},
		{4 << 30, 1000, serverGC},
		{320 << 20, 1000, 195},
		{512 << 20, 100_000, 100},
	} {
		if got := pace(tt.live, tt.nodes); got != tt.want {
			t.Errorf("%d MiB in use, %d nodes: %d %%, want %d", tt.live>>20, tt.nodes, got, tt.want)
		}
	}
}
