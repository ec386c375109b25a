// Package chtest starts the real ClickHouse engine for tests: the one of test/clickhouse/node_modules, which
// make clickhouse-lib installs, behind the HTTP shim of test/clickhouse/shim. Without it a test is skipped, and the
// need is called "clickhouse" (package require).
package chtest

import (
	"bufio"
	"bytes"
	"crypto/rand"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/internal/require"
)

// Need is the name of the engine in LYNCEUS_REQUIRE.
const Need = "clickhouse"

// startTimeout is how long an engine may take until it answers. Half a gigabyte may have to come from a cold disk.
const startTimeout = 60 * time.Second

// Start returns the URL of an engine that all tests of the process share: http://127.0.0.1:port. It ends with the
// process.
func Start(tb testing.TB) string {
	tb.Helper()
	lib := library(tb)
	shared.once.Do(func() {
		var bin string
		if bin, shared.err = shim(require.ModuleRoot(tb)); shared.err == nil {
			shared.engine, shared.err = start(bin, lib, "")
		}
	})
	if shared.err != nil {
		tb.Fatalf("start ClickHouse: %v", shared.err)
	}
	return shared.engine.url
}

// shared is what Start starts once.
var shared struct {
	once   sync.Once
	engine *Engine
	err    error
}

// Database makes an empty database in the shared engine, which is dropped when the test ends. The URL names it:
// http://127.0.0.1:port/?database=name.
func Database(tb testing.TB) (base, database string) {
	tb.Helper()
	base = Start(tb)
	database = "t_" + strings.ToLower(rand.Text()[:12])
	Exec(tb, base, "", "CREATE DATABASE "+database)
	tb.Cleanup(func() { Exec(tb, base, "", "DROP DATABASE IF EXISTS "+database) })
	return base, database
}

// Exec runs one statement in the database (the default one for "") and returns the answer, by default in the format
// TabSeparated without the last line feed. A statement that fails ends the test.
func Exec(tb testing.TB, base, database, statement string) string {
	tb.Helper()
	params := url.Values{}
	if database != "" {
		params.Set("database", database)
	}
	answer, err := http.Post(base+"/?"+params.Encode(), "text/plain", strings.NewReader(statement))
	if err != nil {
		tb.Fatalf("ClickHouse: %v", err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != http.StatusOK {
		tb.Fatalf("ClickHouse: %s %v: %s\n%s", answer.Status, err, body, statement)
	}
	return strings.TrimSuffix(string(body), "\n")
}

// Engine is an engine of its own, on its own data directory, that a test may kill and start again.
type Engine struct {
	url   string
	cmd   *exec.Cmd
	stdin io.Closer
	done  chan struct{}
}

// StartAt starts an engine on the data directory dir, which no other engine may have open. It is killed when the test
// ends, unless Kill came first.
func StartAt(tb testing.TB, dir string) *Engine {
	tb.Helper()
	lib := library(tb)
	bin, err := shim(require.ModuleRoot(tb))
	if err != nil {
		tb.Fatalf("start ClickHouse: %v", err)
	}
	e, err := start(bin, lib, dir)
	if err != nil {
		tb.Fatalf("start ClickHouse: %v", err)
	}
	tb.Cleanup(e.Kill)
	return e
}

// URL returns where the engine answers: http://127.0.0.1:port.
func (e *Engine) URL() string { return e.url }

// Kill ends the engine with SIGKILL and waits until it is gone.
func (e *Engine) Kill() {
	e.cmd.Process.Kill()
	<-e.done
	e.stdin.Close()
}

// library returns the path of libchdb.so, or ends the test as require.Need does.
func library(tb testing.TB) string {
	tb.Helper()
	lib := filepath.Join(require.ModuleRoot(tb), "test", "clickhouse", "node_modules", "@chdb", "lib-linux-x64-gnu", "libchdb.so")
	_, err := os.Stat(lib)
	require.Need(tb, Need, err == nil, "libchdb.so is not installed; run make clickhouse-lib")
	return lib
}

// build is the shim's executable, made once for the process.
var build struct {
	once sync.Once
	exe  *os.File
	err  error
}

// shim builds the shim and returns a path to run it by. The file has no name any more: it goes with this process.
func shim(root string) (string, error) {
	build.once.Do(func() {
		dir, err := os.MkdirTemp("", "lynceus-shim-")
		if err != nil {
			build.err = err
			return
		}
		defer os.RemoveAll(dir)
		cmd := exec.Command("go", "build", "-o", filepath.Join(dir, "shim"), "./test/clickhouse/shim")
		cmd.Dir = root
		cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
		if out, err := cmd.CombinedOutput(); err != nil {
			build.err = fmt.Errorf("build the shim: %w\n%s", err, out)
			return
		}
		build.exe, build.err = os.Open(filepath.Join(dir, "shim"))
	})
	if build.err != nil {
		return "", build.err
	}
	return fmt.Sprintf("/proc/%d/fd/%d", os.Getpid(), build.exe.Fd()), nil
}

// start starts the shim and waits until it answers.
func start(bin, lib, dir string) (*Engine, error) {
	args := []string{"-lib", lib}
	if dir != "" {
		args = append(args, "-path", dir)
	}
	e := &Engine{cmd: exec.Command(bin, args...), done: make(chan struct{})}
	e.cmd.Env = append(os.Environ(), "TZ=UTC")
	var stderr bytes.Buffer
	e.cmd.Stderr = &stderr
	stdin, err := e.cmd.StdinPipe() // its end tells the shim that this process is gone
	if err != nil {
		return nil, err
	}
	e.stdin = stdin
	stdout, err := e.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := e.cmd.Start(); err != nil {
		return nil, err
	}
	line := make(chan string, 1)
	go func() {
		text, _ := bufio.NewReader(stdout).ReadString('\n')
		line <- strings.TrimSpace(text)
		e.cmd.Wait()
		close(e.done)
	}()
	select {
	case e.url = <-line:
	case <-time.After(startTimeout):
	}
	if e.url == "" {
		e.Kill()
		return nil, fmt.Errorf("no engine after %s: %s", startTimeout, stderr.String())
	}
	return e, nil
}
