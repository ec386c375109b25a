package layout

import (
	"os"
	"slices"
	"testing"
)

func TestMountsBelow(t *testing.T) {
	const mountinfo = `22 1 254:0 / / rw - ext4 /dev/vda rw
30 22 0:25 / /tmp/c/disk rw - tmpfs tmpfs rw
31 22 0:26 / /tmp/cc rw - tmpfs tmpfs rw
32 22 0:27 / /tmp/c rw - tmpfs tmpfs rw
`
	if got, want := mountsBelow([]byte(mountinfo), "/tmp/c"), []string{"/tmp/c/disk", "/tmp/c"}; !slices.Equal(got, want) {
		t.Errorf("mountsBelow = %q, want %q", got, want)
	}
}

func TestRemove(t *testing.T) {
	d := Dir(t.TempDir())
	if err := WriteConfig(d, Config{Cgroup: "lynceus-never-made"}); err != nil {
		t.Fatal(err)
	}
	if err := Remove(d); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(string(d)); !os.IsNotExist(err) {
		t.Errorf("the directory is still there: %v", err)
	}
}
