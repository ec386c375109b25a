//go:build linux

package guard

import (
	"bytes"
	"errors"
	"io"
	"reflect"
	"strings"
	"testing"
	"time"
)

func TestMountpoints(t *testing.T) {
	text := `1281 1062 0:60 / / rw,relatime master:402 - overlay overlay rw,lowerdir=/l,upperdir=/u,workdir=/w
1282 1281 0:63 / /proc rw,nosuid,nodev,noexec,relatime - proc proc rw
1283 1281 0:64 / /dev rw,nosuid - tmpfs tmpfs rw,size=65536k,mode=755
1284 1283 0:65 / /dev/pts rw,nosuid,noexec,relatime - devpts devpts rw
1285 1281 8:1 /pods/a\\040b /data\\040dir rw,relatime - ext4 /dev/sda1 rw
1286 1281 0:70 / /remote rw - fuse.sshfs host:/ rw
1287 1281 0:71 / /nfs rw - nfs4 host:/ rw
1288 1281 0:72 / /quiet rw,noexec - tmpfs tmpfs rw
short line
1289 1281 0:73 / /x rw
`
	text = strings.ReplaceAll(text, `\\`, `\`)
	want := []mountpoint{{"/", true}, {"/dev", false}, {"/data dir", false}}
	if got := mountpoints(text); !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func FuzzMountpoints(f *testing.F) {
	f.Add("1 2 0:3 / /a\\040b rw - overlay overlay rw")
	f.Add(`1 2 0:3 / \77 rw - tmpfs`)
	f.Fuzz(func(t *testing.T, text string) {
		for _, m := range mountpoints(text) {
			if len(m.path) > len(text) {
				t.Errorf("%q is longer than %q", m.path, text)
			}
		}
	})
}

func TestMessages(t *testing.T) {
	all := []message{
		{Rules: &Rules{Bound: time.Second, DenyLate: true, Policies: map[int]Rule{63: {Enforce: true, Paths: []string{"/a"}, SHA256: []string{"00"}}}}},
		{Watch: &watch{"c", 1 << 63}}, {Ping: 7}, {Pong: 7, Counts: &Counts{Asked: 1, Problem: "p"}},
		{Decision: &Decision{Container: "c", PID: 1, Start: 2, Policies: 4, Denied: true, Path: "/\xff", SHA256: "00", Took: 5}}, {Error: "e"},
	}
	var b bytes.Buffer
	for i := range all {
		if err := send(&b, &all[i]); err != nil {
			t.Fatal(err)
		}
	}
	all[4].Decision.Path = "/\ufffd" // paths are for people
	for i := range all {
		m, err := receive(&b)
		if err != nil || !reflect.DeepEqual(m, &all[i]) {
			t.Errorf("%d: %+v, %v", i, m, err)
		}
	}
	if _, err := receive(&b); !errors.Is(err, io.EOF) {
		t.Errorf("at the end: %v", err)
	}
}

func FuzzReceive(f *testing.F) {
	var b bytes.Buffer
	_ = send(&b, &message{Watch: &watch{"c", 1}})
	f.Add(b.Bytes())
	f.Add([]byte{255, 255, 255, 255})
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := receive(bytes.NewReader(data))
		if (m == nil) == (err == nil) {
			t.Errorf("%+v, %v", m, err)
		}
	})
}

func TestHashesAreBounded(t *testing.T) {
	var h hashes
	for i := range maxHashes + 10 {
		for range 2 {
			h.add(version{size: int64(i)}, "x")
		}
	}
	if len(h.known) != maxHashes || h.known[version{size: 9}] != "" || h.known[version{size: maxHashes + 9}] != "x" {
		t.Errorf("%d are known", len(h.known))
	}
}
