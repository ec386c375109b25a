// Package netns makes network namespaces that exist as long as somebody holds their file descriptor, and runs code in
// them.
package netns

import (
	"fmt"
	"os"
	"runtime"

	"golang.org/x/sys/unix"
)

// threadNS is the calling thread's network namespace.
const threadNS = "/proc/thread-self/ns/net"

// New makes a network namespace. It is gone once the file and every file, socket and process in it are.
func New() (*os.File, error) {
	var f *os.File
	err := onThread(func() error {
		if err := unix.Unshare(unix.CLONE_NEWNET); err != nil {
			return fmt.Errorf("new network namespace: %w", err)
		}
		var err error
		f, err = os.Open(threadNS)
		return err
	})
	return f, err
}

// Current opens the calling process's network namespace.
func Current() (*os.File, error) { return os.Open(threadNS) }

// Do runs f in a network namespace: sockets that f opens and processes that f starts belong to it for good. f must not
// hand work that needs the namespace to other goroutines.
func Do(ns *os.File, f func() error) error {
	return onThread(func() error {
		if err := unix.Setns(int(ns.Fd()), unix.CLONE_NEWNET); err != nil {
			return fmt.Errorf("enter network namespace: %w", err)
		}
		return f()
	})
}

// onThread runs f on a thread that ends with it, so that nothing else ever runs in the namespace f entered. It is never
// the process's first thread: that does not end with a goroutine, and /proc shows its namespace as the process's.
func onThread(f func() error) error {
	result := make(chan error, 1)
	go func() {
		runtime.LockOSThread()
		if unix.Gettid() == unix.Getpid() {
			defer runtime.UnlockOSThread()
			result <- onThread(f) // this thread is taken, so another is found
			return
		}
		result <- f() // never unlocked: the thread ends with the goroutine
	}()
	return <-result
}
