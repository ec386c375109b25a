package clustertest

import (
	"sync"
	"testing"

	"github.com/lynceus-io/lynceus/test/cluster"
)

// users are the tests of this process that use the shared cluster now. The first one takes the machine's lock, the last one
// lets go of it.
var users struct {
	sync.Mutex
	n      int
	unlock func()
}

// use keeps tests of other processes away from the shared cluster until the test and its cleanups are over.
func use(tb testing.TB) {
	tb.Helper()
	users.Lock()
	defer users.Unlock()
	if users.n == 0 {
		unlock, err := cluster.LockShared()
		if err != nil {
			tb.Fatal(err)
		}
		users.unlock = unlock
	}
	users.n++
	tb.Cleanup(func() {
		users.Lock()
		defer users.Unlock()
		if users.n--; users.n == 0 {
			users.unlock()
		}
	})
}
