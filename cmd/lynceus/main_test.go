//go:build linux && cgo

package main

import (
	"os"
	"testing"
)

// asCommand has the test's own binary be the command; the program that the command becomes inherits it.
const asCommand = "LYNCEUS_TEST_AS_COMMAND"

func TestMain(m *testing.M) {
	if os.Getenv(asCommand) != "" {
		main()
		return
	}
	os.Exit(m.Run())
}
