package cli_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"strconv"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/lynceus-io/lynceus/cli"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"lynceus": func() { os.Exit(cli.Run(context.Background(), os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) },
	})
}

// The scripts in testdata/script run the command as a person would.
func TestScripts(t *testing.T) {
	if testing.Short() {
		t.Skip("many processes that each do one thing and end; what serves is tested in this process, too")
	}
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits": exits,
			"shows": shows,
		},
	})
}

// exits runs a command and checks its exit code: exits CODE COMMAND [ARG]...
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE COMMAND [ARG]...")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	var exit *exec.ExitError
	if err := ts.Exec(args[1], args[2:]...); errors.As(err, &exit) {
		got = exit.ExitCode()
	} else if err != nil {
		ts.Fatalf("%s: %v", args[1], err)
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

// shows compares standard output with a file in which ... stands for anything
// on a line, and alone for any lines: shows FILE.
func shows(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: shows FILE")
	}
	if diff := compare(ts.ReadFile(args[0]), ts.ReadFile("stdout")); diff != "" {
		ts.Fatalf("%s: %s", args[0], diff)
	}
}
