package cluster

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// Files in the cache that one process of this machine at a time has locked. A cluster that is down leaves nothing
// beside its directory.
const (
	startLock = "cluster.lock" // while it starts or stops a cluster
	buildLock = "build.lock"   // while it builds programs
	useLock   = "use.lock"     // while it uses the shared cluster
)

// LockShared waits until no test of another process uses the shared cluster. Namespaces keep the tests of one process
// apart; two checkouts of the repository that are tested at once have the same tests, with the same names of what has no
// namespace.
func LockShared() (unlock func(), err error) { return lock(useLock) }

// lock waits until this process alone has the file of that name. The kernel unlocks it when the process ends.
func lock(name string) (unlock func(), err error) {
	cache, err := CacheDir()
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(cache, 0o755); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(filepath.Join(cache, name), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := unix.Flock(int(f.Fd()), unix.LOCK_EX); err != nil {
		return nil, errors.Join(fmt.Errorf("lock %s: %w", f.Name(), err), f.Close())
	}
	return func() { _ = f.Close() }, nil
}
