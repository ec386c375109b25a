package netns

import (
	"os"
	"runtime"
	"sync"
	"testing"

	"golang.org/x/sys/unix"
)

// TestProcessStays runs code in another namespace often enough for every thread to be asked, the first among them: the
// process's own namespace, as others and its own later threads see it, stays what it was.
func TestProcessStays(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("missing root: namespaces need it")
	}
	before, err := os.Readlink("/proc/self/ns/net")
	if err != nil {
		t.Fatal(err)
	}
	other, err := New()
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	var group sync.WaitGroup
	for range 200 {
		group.Go(func() {
			err := Do(other, func() error {
				inside, err := os.Readlink(threadNS)
				if err == nil && inside == before {
					t.Errorf("Do runs in the process's own namespace %s", inside)
				}
				if unix.Gettid() == unix.Getpid() {
					t.Error("Do runs on the first thread")
				}
				runtime.Gosched()
				return err
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	for _, link := range []string{"/proc/self/ns/net", threadNS} {
		if now, err := os.Readlink(link); err != nil || now != before {
			t.Errorf("%s is %s, %v, want %s", link, now, err, before)
		}
	}
}
