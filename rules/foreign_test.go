package rules_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/lynceus-io/lynceus/detect"
	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/event/jsonl"
	"github.com/lynceus-io/lynceus/hub"
	"github.com/lynceus-io/lynceus/internal/require"
)

// foreignEvent is an event of another tool that watches the kernel.
type foreignEvent struct {
	Name string `json:"eventName"`
	Args struct {
		Request, Alert, Pathname, Flags string
		NewPath                         string `json:"new_path"`
		Bytes                           []byte
		Env, Argv                       []string
		SockFD                          *int64 `json:"sockfd"`
		NewFD                           *int64 `json:"newfd"`
		Remote                          struct {
			IP   string `json:"sin_addr"`
			Port string `json:"sin_port"`
		} `json:"remote_addr"`
	}
}

// row is what our sensor makes of the same. What it cannot see is said by
// what it sees in place of it: not what is written into a file, but whether
// that may be executed; not what memory was before, but what it may be used
// for after.
func (f *foreignEvent) row() (*event.Event, error) {
	e := &event.Event{}
	a := &f.Args
	call := func(c event.Class, activity, name string, arguments ...string) {
		e.Reset(c)
		event.Activity.Set(e, activity)
		event.SyscallName.Set(e, name)
		event.SyscallArguments.Set(e, arguments)
	}
	file := func(activity, name string) {
		e.Reset(event.ClassFile)
		event.Activity.Set(e, activity)
		event.FilePath.Set(e, name)
		event.FileName.Set(e, path.Base(name))
		event.FileParentFolder.Set(e, path.Dir(name))
	}
	peer := func() error {
		var port int64
		if _, err := fmt.Sscan(a.Remote.Port, &port); err != nil {
			return err
		}
		event.DstEndpointPort.Set(e, port)
		if a.Remote.IP != "" {
			event.DstEndpointIP.Set(e, a.Remote.IP)
		}
		return nil
	}
	switch f.Name {
	case "ptrace":
		call(event.ClassMemory, "Trace", "ptrace", "request="+a.Request)
	case "mem_prot_alert":
		prot := "PROT_READ|PROT_EXEC"
		if strings.Contains(a.Alert, "W to E") {
			prot = "PROT_READ|PROT_WRITE|PROT_EXEC"
		}
		call(event.ClassMemory, "Map View", "mprotect", "prot="+prot)
	case "magic_write":
		file("Create", a.Pathname)
		event.FileOpenWrite.Set(e, true)
		event.FileOpenExec.Set(e, bytes.HasPrefix(a.Bytes, []byte("\x7fELF")))
	case "security_file_open":
		file("Open", a.Pathname)
		event.FileOpenRead.Set(e, !strings.Contains(a.Flags, "O_WRONLY"))
		event.FileOpenWrite.Set(e, strings.Contains(a.Flags, "O_WRONLY") || strings.Contains(a.Flags, "O_RDWR"))
	case "security_inode_rename":
		file("Rename", a.NewPath)
	case "sched_process_exec":
		e.Reset(event.ClassProcess)
		event.Activity.Set(e, "Launch")
		event.ProcessName.Set(e, a.Argv[0])
		event.ProcessFilePath.Set(e, "/usr/bin/"+a.Argv[0])
		event.ProcessCmdLine.Set(e, strings.Join(a.Argv, " "))
		event.ProcessEnvironment.Set(e, a.Env)
	case "security_socket_connect":
		call(event.ClassNetwork, "Open", "connect", fmt.Sprintf("fd=%d", *a.SockFD))
		event.ConnectionInfoFamily.Set(e, "ipv4")
		if err := peer(); err != nil {
			return nil, err
		}
	case "socket_dup":
		call(event.ClassFile, "Duplicate", "dup2", fmt.Sprintf("newfd=%d", *a.NewFD))
		event.SyscallResult.Set(e, *a.NewFD)
		event.FileType.Set(e, "ipv4")
		if err := peer(); err != nil {
			return nil, err
		}
	default:
		return nil, fmt.Errorf("there is no translation of %s", f.Name)
	}
	if e.Class != event.ClassProcess {
		event.ActorProcessFilePath.Set(e, "/srv/tool")
		event.ActorProcessName.Set(e, "tool")
	}
	event.ContainerUID.Set(e, strings.Repeat("c", 64))
	return e, nil
}

// counterparts are the rules of ours that look for what a signature of the
// other tool does.
var counterparts = map[string][]string{
	"anti_debugging_ptraceme.go":                {"debugging_prevented"},
	"dynamic_code_loading.go":                   {"memory_made_executable"},
	"hidden_file_created.go":                    {"hidden_program_created"},
	"ld_preload.go":                             {"preload_written", "preload_environment"},
	"stdio_over_socket.go":                      {"shell_on_socket", "connection_on_standard_stream"},
	"system_request_key_config_modification.go": {"magic_keys_written"},
}

// TestAgreementWithForeignEvents sends what another tool saw in the kernel,
// and found or did not find, through all our rules: those that look for the
// same find it, or not.
func TestAgreementWithForeignEvents(t *testing.T) {
	f, err := os.Open(filepath.Join(require.Corpora(t), "runtime", "tracee_cases.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	all, enc, n := builtin(t), jsonl.NewEncoder(), 0
	for sc := bufio.NewScanner(f); sc.Scan(); n++ {
		var c struct {
			ID, Name  string
			Expected  bool
			Signature string `json:"signature_file"`
			Events    []foreignEvent
		}
		if err := json.Unmarshal(sc.Bytes(), &c); err != nil {
			t.Fatal(err)
		}
		var rows []byte
		for i := range c.Events {
			e, err := c.Events[i].row()
			if err != nil {
				t.Fatal(c.ID, err)
			}
			event.MetadataUID.Set(e, fmt.Sprintf("%032x", i+1))
			event.Time.Set(e, int64(i+1)*1e9)
			rows = append(enc.Append(rows, e), '\n')
		}
		name := filepath.Join(t.TempDir(), "rows.jsonl")
		if err := os.WriteFile(name, rows, 0o600); err != nil {
			t.Fatal(err)
		}
		result, err := hub.Scan(context.Background(), hub.ScanOptions{Files: []string{name}, Rules: all, Workers: 1})
		if err != nil {
			t.Fatal(err)
		}
		got := slices.ContainsFunc(result.Findings, func(x *detect.Finding) bool { return slices.Contains(counterparts[c.Signature], x.Rule.Name) })
		if counterparts[c.Signature] == nil || got != c.Expected {
			t.Errorf("%s %q: expected %v, found %v of %v", c.ID, c.Name, c.Expected, got, counterparts[c.Signature])
		}
	}
	t.Logf("%d cases", n)
}
