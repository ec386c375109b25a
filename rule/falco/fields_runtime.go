package falco

import (
	"strconv"
	"strings"
)

// runtimeRows are the fields of source syscall. Facts from
// https://falco.org/docs/reference/rules/supported-fields/.
var runtimeRows = map[string]row{
	"evt.type":          {kind: kindType, places: []string{"syscall.name"}},
	"syscall.type":      {kind: kindType, places: []string{"syscall.name"}},
	"evt.dir":           {kind: kindFixed, fixed: "<"}, // what is seen is seen when the call returns
	"evt.source":        {kind: kindFixed, fixed: sourceSyscall},
	"evt.res":           {places: []string{"syscall.status"}, absent: "SUCCESS"},
	"evt.rawres":        {kind: kindNumber, places: []string{"syscall.result"}, absent: "0"}, // what was done and says no more was done well
	"evt.failed":        {places: []string{"status"}, words: map[string]string{"true": "Failure", "false": "Success"}},
	"evt.args":          {places: []string{"syscall.arguments"}},
	"evt.arg":           {argued: argumentOf},
	"evt.rawarg":        {argued: argumentOf},
	"evt.is_open_read":  {places: []string{"file.open_read"}, absent: "false"},
	"evt.is_open_write": {places: []string{"file.open_write"}, absent: "false"},
	"evt.is_open_exec":  {places: []string{"file.open_exec"}, absent: "false"},

	"proc.name":               {places: []string{"{p}.name"}},
	"proc.exe":                {places: []string{"{p}.exe"}},
	"proc.exepath":            {places: []string{"{p}.file.path"}},
	"proc.cmdline":            {places: []string{"command({p}.cmd_line, {p}.exe, {p}.name)"}},
	"proc.exeline":            {places: []string{"{p}.cmd_line"}},
	"proc.args":               {places: []string{"{p}.arguments"}},
	"proc.cwd":                {places: []string{"directory({p}.working_directory)"}},
	"proc.pid":                {kind: kindNumber, places: []string{"{p}.pid"}},
	"proc.vpid":               {kind: kindNumber, places: []string{"{p}.namespace_pid"}},
	"proc.duration":           {kind: kindNumber, places: []string{"{p}.duration"}},
	"proc.tty":                {kind: kindNumber, places: []string{"{p}.tty"}, absent: "0"},
	"proc.sname":              {places: []string{"{p}.session.leader"}},
	"proc.env":                {argued: wordNamed("{p}.environment"), optional: true, places: []string{"{p}.environment"}},
	"proc.is_vpgid_leader":    {places: []string{"{p}.group_leader"}, absent: "false"},
	"proc.is_exe_upper_layer": {places: []string{"{p}.file.upper_layer"}, absent: "false"},
	"proc.is_exe_from_memfd":  {places: []string{"{p}.file.memory_only"}, absent: "false"},
	"proc.pname":              {places: []string{"{p}.parent_process.name"}},
	"proc.ppid":               {kind: kindNumber, places: []string{"{p}.parent_process.pid"}},
	"proc.pexe":               {places: []string{"{p}.parent_process.exe"}},
	"proc.pexepath":           {places: []string{"{p}.parent_process.file.path"}},
	"proc.pcmdline":           {places: []string{"command({p}.parent_process.cmd_line, {p}.parent_process.exe, {p}.parent_process.name)"}},
	"proc.aname":              {argued: ancestor("{p}.name", "{p}.ancestry.name"), optional: true, places: []string{"{p}.ancestry.name"}},
	"proc.aexe":               {argued: ancestor("{p}.exe", "{p}.ancestry.exe"), optional: true, places: []string{"{p}.ancestry.exe"}},
	"proc.aexepath":           {argued: ancestor("{p}.file.path", "{p}.ancestry.path"), optional: true, places: []string{"{p}.ancestry.path"}},
	"proc.acmdline":           {argued: ancestorCommand, optional: true, places: []string{"command({p}.ancestry.cmd_line, {p}.ancestry.exe, {p}.ancestry.name)"}},
	"thread.cap_effective":    {places: []string{"{p}.capabilities.effective"}},
	"thread.cap_permitted":    {places: []string{"{p}.capabilities.permitted"}},

	"user.name":      {places: []string{"actor.user.name"}},
	"user.uid":       {kind: kindNumber, places: []string{"process.user.uid", "actor.user.uid"}},
	"user.loginuid":  {kind: kindNumber, places: []string{"actor.user.login_uid"}, absent: "-1"},
	"user.loginname": {places: []string{"actor.user.login_name"}},
	"group.gid":      {kind: kindNumber, places: []string{"process.gid", "actor.user.group.uid"}},
	"group.name":     {places: []string{"actor.user.group.name"}},

	"container.id":               {kind: kindContainer, places: []string{"container.uid"}, absent: "host"},
	"container.full_id":          {places: []string{"container.uid"}},
	"container.name":             {places: []string{"container.name"}, absent: "host"},
	"container.image":            {places: []string{"container.image.name"}},
	"container.image.repository": {places: []string{"container.image.repository"}},
	"container.image.tag":        {places: []string{"container.image.tag"}},
	"container.image.digest":     {places: []string{"container.image.uid"}},
	"container.privileged":       {places: []string{"container.privileged"}},
	"k8s.ns.name":                {places: []string{"k8s.namespace"}},
	"k8s.pod.name":               {places: []string{"k8s.pod"}},
	"k8s.pod.id":                 {places: []string{"k8s.pod_uid"}},
	"k8s.pod.uid":                {places: []string{"k8s.pod_uid"}},

	"fd.num":          {kind: kindNumber, places: []string{"file.descriptor"}},
	"fd.name":         {places: []string{"file.path", "first(connection_info.socket_path, " + tuple + ", " + serverEnd + ")"}},
	"fd.nameraw":      {places: []string{"syscall.arguments[name]"}},
	"fd.filename":     {places: []string{"file.name"}},
	"fd.directory":    {places: []string{"file.parent_folder"}},
	"fd.type":         {places: []string{"file.type", "connection_info.family"}},
	"fd.typechar":     {places: []string{"file.type", "connection_info.family"}, words: typeChars},
	"fd.sockfamily":   {places: []string{"connection_info.family"}, words: map[string]string{"ip": "ipv4|ipv6"}},
	"fd.connected":    {places: []string{"connection_info.connected"}},
	"fd.name_changed": {places: []string{"connection_info.new_peer"}},
	"fd.l4proto":      {places: []string{"connection_info.protocol_name"}},
	"fd.ip":           {kind: kindIP, places: []string{"src_endpoint.ip", "dst_endpoint.ip"}},
	"fd.cip":          {kind: kindIP, places: []string{"src_endpoint.ip"}},
	"fd.sip":          {kind: kindIP, places: []string{"dst_endpoint.ip"}},
	"fd.lip":          {kind: kindIP, end: endLocal, places: []string{"src_endpoint.ip", "dst_endpoint.ip"}},
	"fd.rip":          {kind: kindIP, end: endRemote, places: []string{"src_endpoint.ip", "dst_endpoint.ip"}},
	"fd.net":          {kind: kindNet, places: []string{"src_endpoint.ip", "dst_endpoint.ip"}},
	"fd.cnet":         {kind: kindNet, places: []string{"src_endpoint.ip"}},
	"fd.snet":         {kind: kindNet, places: []string{"dst_endpoint.ip"}},
	"fd.lnet":         {kind: kindNet, end: endLocal, places: []string{"src_endpoint.ip", "dst_endpoint.ip"}},
	"fd.rnet":         {kind: kindNet, end: endRemote, places: []string{"src_endpoint.ip", "dst_endpoint.ip"}},
	"fd.port":         {kind: kindNumber, places: []string{"src_endpoint.port", "dst_endpoint.port"}},
	"fd.cport":        {kind: kindNumber, places: []string{"src_endpoint.port"}},
	"fd.sport":        {kind: kindNumber, places: []string{"dst_endpoint.port"}},
	"fd.lport":        {kind: kindNumber, end: endLocal, places: []string{"src_endpoint.port", "dst_endpoint.port"}},
	"fd.rport":        {kind: kindNumber, end: endRemote, places: []string{"src_endpoint.port", "dst_endpoint.port"}},
	"fd.sip.name":     {places: []string{"dst_endpoint.hostname"}},
}

// typeChars are the letters by which fd.typechar calls the kinds of
// descriptors that fd.type names.
var typeChars = map[string]string{
	"f": "file", "d": "directory", "p": "pipe", "u": "unix", "4": "ipv4", "6": "ipv6", "e": "event", "i": "inotify", "l": "eventpoll", "s": "signalfd",
}

// tuple is what Falco calls a connection, serverEnd what it calls a socket that
// listens.
const (
	tuple     = `concat(src_endpoint.ip, ":", src_endpoint.port, "->", ` + endText + `)`
	serverEnd = `concat(` + endText + `)`
	endText   = `dst_endpoint.ip, ":", dst_endpoint.port`
)

// argumentOf makes places of the name of a system call's argument.
func argumentOf(arg string) ([]string, bool) {
	if arg == "res" {
		return []string{"syscall.result"}, true
	}
	return []string{"syscall.arguments[" + arg + "]"}, true
}

// wordNamed makes places of a name in a list of name=value.
func wordNamed(list string) func(string) ([]string, bool) {
	return func(arg string) ([]string, bool) { return []string{list + "[" + arg + "]"}, true }
}

// ancestor makes places of how far above a process is: 0 is the process
// itself, 1 its parent.
func ancestor(self, list string) func(string) ([]string, bool) {
	return func(arg string) ([]string, bool) {
		n, err := strconv.ParseUint(arg, 10, 31)
		switch {
		case err != nil:
			return nil, false
		case n == 0:
			return []string{self}, true
		}
		return []string{list + "[" + strconv.FormatUint(n-1, 10) + "]"}, true
	}
}

// ancestorCommand makes the place of the command line of an ancestor, in
// Falco's form.
func ancestorCommand(arg string) ([]string, bool) {
	var parts []string
	for _, part := range [...]string{"cmd_line", "exe", "name"} {
		places, ok := ancestor("{p}."+part, "{p}.ancestry."+part)(arg)
		if !ok {
			return nil, false
		}
		parts = append(parts, places...)
	}
	return []string{"command(" + strings.Join(parts, ", ") + ")"}, true
}
