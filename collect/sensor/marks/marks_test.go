//go:build linux

package marks

import (
	"encoding/binary"
	"errors"
	"reflect"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// made returns an event with the parts given, as the kernel writes it.
func made(mask uint64, pid int32, parts ...[]byte) []byte {
	b := make([]byte, metadataSize)
	for _, p := range parts {
		b = append(b, p...)
	}
	binary.LittleEndian.PutUint32(b, uint32(len(b)))
	b[4] = unix.FANOTIFY_METADATA_VERSION
	binary.LittleEndian.PutUint16(b[6:], metadataSize)
	binary.LittleEndian.PutUint64(b[8:], mask)
	binary.LittleEndian.PutUint32(b[20:], uint32(pid))
	return b
}

// part returns a place with its kind of information.
func part(kind byte, handle, name string) []byte {
	b := make([]byte, infoSize+handleSize)
	b[0] = kind
	copy(b[4:], "filesyst")
	binary.LittleEndian.PutUint32(b[12:], uint32(len(handle)))
	binary.LittleEndian.PutUint32(b[16:], 7)
	b = append(append(b, handle...), name+"\x00\x00"...)
	binary.LittleEndian.PutUint16(b[2:], uint16(len(b)))
	return b
}

func TestDecode(t *testing.T) {
	two := append(made(unix.FAN_RENAME, 42, part(unix.FAN_EVENT_INFO_TYPE_OLD_DFID_NAME, "one", "old"), []byte{99, 0, 4, 0}, part(unix.FAN_EVENT_INFO_TYPE_NEW_DFID_NAME, "two", "new")),
		made(unix.FAN_Q_OVERFLOW, -1)...)
	e, rest, err := decode(two)
	if err != nil {
		t.Fatal(err)
	}
	at := func(handle, name string) place {
		return place{system: [8]byte([]byte("filesyst")), kind: 7, handle: []byte(handle), name: []byte(name)}
	}
	if want := (raw{mask: unix.FAN_RENAME, pid: 42, at: at("two", "new"), from: at("one", "old")}); !reflect.DeepEqual(e, want) {
		t.Errorf("%+v, want %+v", e, want)
	}
	if e, rest, err = decode(rest); err != nil || len(rest) != 0 || e.mask != unix.FAN_Q_OVERFLOW {
		t.Errorf("%+v, %d bytes, %v", e, len(rest), err)
	}
	for n := range metadataSize + 30 {
		if _, _, err := decode(two[:n]); !errors.Is(err, ErrMalformed) {
			t.Errorf("%d bytes: %v", n, err)
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add(made(unix.FAN_CREATE, 1, part(unix.FAN_EVENT_INFO_TYPE_DFID_NAME, "handle", "name")))
	f.Add(made(unix.FAN_RENAME, 1, part(unix.FAN_EVENT_INFO_TYPE_OLD_DFID_NAME, "", "."), part(unix.FAN_EVENT_INFO_TYPE_NEW_DFID_NAME, "x", "")))
	f.Fuzz(func(t *testing.T, b []byte) {
		for len(b) > 0 {
			_, rest, err := decode(b)
			if err != nil {
				return
			}
			if len(rest) >= len(b) {
				t.Fatal("it does not get on")
			}
			b = rest
		}
	})
}

func TestReadMounts(t *testing.T) {
	const text = `27 1 254:0 / / rw,relatime - ext4 /dev/vda rw
49 27 0:49 / /run/with\040blank\134 rw shared:3 - overlay overlay rw,lowerdir=/l,upperdir=/var/u\054p,workdir=/w
nonsense
28 27 254:0 /part /bind rw - ext4 /dev/vda rw
`
	got, err := readMounts(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	want := []mount{
		{device: "254:0", root: "/", point: "/", kind: "ext4"}, {device: "0:49", root: "/", point: `/run/with blank\`, kind: "overlay", upper: "/var/u,p"},
		{device: "254:0", root: "/part", point: "/bind", kind: "ext4"},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, want %+v", got, want)
	}
}

func FuzzReadMounts(f *testing.F) {
	f.Add("1 2 3:4 / / x - overlay o upperdir=\\1234\n")
	f.Fuzz(func(t *testing.T, text string) { readMounts(strings.NewReader(text)) })
}

func TestInside(t *testing.T) {
	var u uppers
	for path, want := range map[string]string{
		"/a/upper/etc/x": "/etc/x", "/a/upper": "/a/upper", "/a/upper2/etc": "/a/upper2/etc", "/b/x": "/b/x", "/": "/", "": "", "/a/upper/": "/",
	} {
		u.add("/a/upper")
		if got := u.inside(path); got != want {
			t.Errorf("%s: %s, want %s", path, got, want)
		}
	}
	for i := range maxUppers + 1 {
		u.add(strings.Repeat("x", i+1))
	}
	if len(u.known) != maxUppers || u.known["/a/upper"] {
		t.Errorf("%d directories are remembered", len(u.known))
	}
}
