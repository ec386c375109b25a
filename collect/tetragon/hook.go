package tetragon

import (
	"cmp"
	"strconv"
	"strings"

	"github.com/lynceus-io/lynceus/collect/foreign"
	"github.com/lynceus-io/lynceus/collect/foreign/calls"
	"github.com/lynceus-io/lynceus/event"
)

// A hook is where Tetragon saw something.
type hook struct {
	name     string // of the function, tracepoint or symbol
	table    event.Class
	activity string
	call     bool // name is a system call's
}

// functions are functions of the kernel that policies hook, which are no system
// calls, and what they say of the process that is in them.
var functions = map[string]hook{
	"fd_install":                     {table: event.ClassFile, activity: "Open"},
	"security_file_open":             {table: event.ClassFile, activity: "Open"},
	"file_open":                      {table: event.ClassFile, activity: "Open"},
	"security_file_permission":       {table: event.ClassFile, activity: "Open"},
	"security_mmap_file":             {table: event.ClassFile, activity: "Open"},
	"security_path_truncate":         {table: event.ClassFile, activity: "Update"},
	"security_path_unlink":           {table: event.ClassFile, activity: "Delete"},
	"security_path_rename":           {table: event.ClassFile, activity: "Rename"},
	"security_path_mkdir":            {table: event.ClassFile, activity: "Create"},
	"security_path_chmod":            {table: event.ClassFile, activity: "Set Attributes"},
	"security_path_chown":            {table: event.ClassFile, activity: "Set Attributes"},
	"security_bprm_creds_from_file":  {table: event.ClassProcess, activity: "Set User ID"},
	"commit_creds":                   {table: event.ClassProcess, activity: "Set User ID"},
	"security_bprm_check":            {table: event.ClassFile, activity: "Open"},
	"bprm_check_security":            {table: event.ClassFile, activity: "Open"},
	"tcp_connect":                    {table: event.ClassNetwork, activity: "Open"},
	"security_socket_connect":        {table: event.ClassNetwork, activity: "Open"},
	"socket_connect":                 {table: event.ClassNetwork, activity: "Open"},
	"inet_csk_accept":                {table: event.ClassNetwork, activity: "Accept"},
	"inet_csk_listen_start":          {table: event.ClassNetwork, activity: "Listen"},
	"tcp_close":                      {table: event.ClassNetwork, activity: "Close"},
	"tcp_sendmsg":                    {table: event.ClassNetwork, activity: "Traffic"},
	"udp_sendmsg":                    {table: event.ClassNetwork, activity: "Traffic"},
	"do_init_module":                 {table: event.ClassModule, activity: "Load"},
	"security_kernel_module_request": {table: event.ClassModule, activity: "Load"},
	"security_kernel_read_file":      {table: event.ClassModule, activity: "Load"},
	"find_module_sections":           {table: event.ClassModule, activity: "Load"},
	"free_module":                    {table: event.ClassModule, activity: "Unload"},
}

// callPrefixes begin the names under which the kernel has its system calls.
var callPrefixes = [...]string{"__x64_sys_", "__arm64_sys_", "__se_sys_", "__ia32_sys_", "sys_enter_", "sys_exit_", "sys_"}

// hook says where it was seen. What is not known shows in table kernel under
// its own name.
func (o *occurrence) hook(user bool) hook {
	name := cmp.Or(o.Function, o.Event, o.Symbol, "loader")
	if user {
		return hook{name: name, table: event.ClassKernel, activity: name}
	}
	if h, ok := functions[name]; ok {
		h.name = name
		return h
	}
	call := name
	for _, prefix := range callPrefixes {
		if rest, ok := strings.CutPrefix(name, prefix); ok {
			call = rest
			break
		}
	}
	if table, activity, ok := calls.Of(call); ok {
		return hook{name: call, table: table, activity: activity, call: true}
	}
	return hook{name: name, table: event.ClassKernel, activity: name}
}

// act sets what a process did.
func (o *occurrence) act(e *event.Event, h hook) {
	event.Activity.Set(e, h.activity)
	if h.call {
		event.SyscallName.Set(e, h.name)
	}
	if h.table == event.ClassProcess {
		o.ofProcess(e)
	} else {
		o.acting(e)
		if o.Process.UID != nil {
			event.ActorUserUID.Set(e, strconv.FormatUint(uint64(*o.Process.UID), 10))
		}
	}
	o.Process.user(e)
	if r := o.Return; r != nil && r.Int != nil {
		if n, err := r.Int.Int64(); err == nil {
			event.SyscallResult.Set(e, n)
			status := "Success"
			if n < 0 {
				status = "Failure"
			}
			event.Status.Set(e, status)
		}
	}
	for i := range o.Args {
		o.Args[i].set(e)
	}
}

// ofProcess sets the process of a row of table process that neither started
// nor ended.
func (o *occurrence) ofProcess(e *event.Event) {
	activity := event.Activity.Get(e)
	o.lifetime(e, false)
	event.Activity.Set(e, activity)
	e.Clear(event.ProcessEntered.ID())
	e.Clear(event.ProcessSessionRootUID.ID())
}

// set sets what an argument says.
func (a *argument) set(e *event.Event) {
	switch e.Class {
	case event.ClassFile:
		path := ""
		switch {
		case a.File != nil:
			path = a.File.Path
		case a.Path != nil:
			path = a.Path.Path
		case a.Binprm != nil:
			path = a.Binprm.Path
		case a.String != nil && strings.HasPrefix(*a.String, "/"):
			path = *a.String
		}
		if path != "" && !event.FilePath.Has(e) {
			event.FilePath.Set(e, path)
			event.FileName.Set(e, foreign.Base(path))
		}
	case event.ClassNetwork:
		if s := cmp.Or(a.Sock, a.Skb); s != nil {
			foreign.Address(e, event.SrcEndpointIP, s.SAddr)
			foreign.Address(e, event.DstEndpointIP, s.DAddr)
			foreign.Port(e, event.SrcEndpointPort, s.SPort)
			foreign.Port(e, event.DstEndpointPort, s.DPort)
			protocol, _ := strings.CutPrefix(s.Protocol, "IPPROTO_")
			foreign.Text(e, event.ConnectionInfoProtocolName, strings.ToLower(protocol))
		}
		if a.Addr != nil {
			foreign.Address(e, event.DstEndpointIP, a.Addr.Addr)
			foreign.Port(e, event.DstEndpointPort, a.Addr.Port)
		}
	}
}

// doneAbout returns what a policy did about what it saw, "" where it only told
// of it.
func doneAbout(action string) string {
	word, _ := strings.CutPrefix(action, "KPROBE_ACTION_")
	switch word {
	case "SIGKILL", "SIGNAL", "OVERRIDE", "NOTIFYENFORCER":
		return word[:1] + strings.ToLower(word[1:])
	}
	return ""
}

// signals are the signals of Linux by name (signal(7)), on every architecture
// that Tetragon runs on.
var signals = func() map[string]int64 {
	out := map[string]int64{}
	for i, name := range strings.Fields(`HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT CHLD CONT STOP TSTP TTIN TTOU
		URG XCPU XFSZ VTALRM PROF WINCH IO PWR SYS`) {
		out["SIG"+name] = int64(i + 1)
	}
	return out
}()
