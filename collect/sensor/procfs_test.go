//go:build linux

package sensor

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestStartTicks(t *testing.T) {
	after := strings.Repeat(" 0", 18) // fields 3 to 20, the first of them a letter
	tests := []struct {
		stat string
		want uint64
		ok   bool
	}{
		{"12 (sh) S" + after + " 4711 0 0\n", 4711, true},
		{"12 (a b) S 1 (x) S) S" + after + " 4711 0 0\n", 4711, true},
		{"12 (sh) S" + after, 0, false},
		{"12 (sh) S" + after + " x", 0, false},
		{"", 0, false},
	}
	for _, tt := range tests {
		if got, ok := startTicks([]byte(tt.stat)); got != tt.want || ok != tt.ok {
			t.Errorf("startTicks(%q) = %d, %v, want %d, %v", tt.stat, got, ok, tt.want, tt.ok)
		}
	}
}

func TestArguments(t *testing.T) {
	proc := t.TempDir()
	write := func(name, content string) {
		t.Helper()
		name = filepath.Join(proc, name)
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	stat := "7 (sh) S" + strings.Repeat(" 0", 18) + " 300 0"
	write("7/cmdline", "sh\x00-c\x00")
	write("7/stat", stat)
	write("8/cmdline", strings.Repeat("x", 100_000))
	write("8/stat", stat)
	tests := []struct {
		name          string
		pid           uint32
		start         uint64
		length, total int
		ok            bool
	}{
		{"a process", 7, 3_001_234_567, 6, 6, true},
		{"many arguments", 8, 3_009_999_999, 16384, 100_000, true},
		{"another process has the number now", 7, 2_999_999_999, 0, 0, false},
		{"none", 9, 0, 0, 0, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			args, total, err := arguments(proc, tt.pid, tt.start)
			if len(args) != tt.length || total != uint64(tt.total) || (err == nil) != tt.ok {
				t.Errorf("%d bytes of %d, %v", len(args), total, err)
			}
		})
	}
}

func TestControllerV1(t *testing.T) {
	const header = "#subsys_name\thierarchy\tnum_cgroups\tenabled\n"
	tests := []struct{ name, file, want string }{
		{"version 2", header + "cpu\t0\t1\t1\npids\t0\t1\t1\n", ""},
		{"hybrid", header + "cpu\t1\t1\t1\nmemory\t4\t10\t1\npids\t8\t10\t1\n", "pids"},
		{"pids not built in", header + "memory\t4\t10\t1\ncpu\t1\t1\t1\n", "memory"},
		{"switched off", header + "memory\t4\t10\t0\ncpu\t2\t1\t1\n", "cpu"},
		{"pids in version 2, the rest not", header + "cpu\t2\t1\t1\npids\t0\t1\t1\n", "cpu"},
		{"nothing", "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got, err := controllerV1(strings.NewReader(tt.file)); got != tt.want || err != nil {
				t.Errorf("got %q, %v, want %q", got, err, tt.want)
			}
		})
	}
}
