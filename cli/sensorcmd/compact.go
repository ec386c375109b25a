//go:build linux

package sensorcmd

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/lynceus-io/lynceus/detect"
	"github.com/lynceus-io/lynceus/event"
)

const (
	// shortID is how much of a container's id people need to see.
	shortID = 12
	// clockForm is a time of the day as people read it.
	clockForm = "15:04:05.000"
	// maxText is how many bytes of a text are shown, so that no single argument of a program fills a screen.
	maxText = 300
)

// appendCompact appends one line for people: when, what, where, who, and what it was about. What could steer a terminal is
// quoted.
func appendCompact(dst []byte, e *event.Event) []byte {
	dst = time.Unix(0, event.Time.Get(e)).UTC().AppendFormat(dst, clockForm)
	id := event.ContainerUID.Get(e)
	pid, ok := event.ProcessPID.Get(e)
	if !ok {
		pid, _ = event.ActorProcessPID.Get(e)
	}
	dst = fmt.Appendf(dst, "  %-9s  %-12s  %7d", event.Activity.Get(e), id[:min(len(id), shortID)], pid)
	switch e.Class {
	case event.ClassProcess:
		dst = appendProcess(dst, e)
	case event.ClassNetwork, event.ClassDNS:
		dst = appendTalk(dst, e)
	case event.ClassHealth:
		dst = appendText(dst, event.Message.Get(e))
	default:
		dst = appendAct(dst, e)
	}
	return appendPolicy(dst, e)
}

// appendProcess appends what a row about a process is about: as whom it runs, its parent, its program and arguments, and
// how it ended.
func appendProcess(dst []byte, e *event.Event) []byte {
	if uid, ok := event.ProcessUserUID.Get(e); ok {
		dst = fmt.Appendf(dst, "  uid %d", uid)
	}
	if parent := event.ProcessParentProcessName.Get(e); parent != "" {
		dst = append(appendText(dst, parent), " >"...)
	}
	dst = appendText(dst, event.ProcessFilePath.Get(e))
	dst = appendText(dst, event.ProcessCmdLine.Get(e))
	if code, ok := event.ExitCode.Get(e); ok {
		dst = strconv.AppendInt(append(dst, "  exit "...), code, 10)
	}
	if signal, ok := event.ExitSignal.Get(e); ok {
		dst = strconv.AppendInt(append(dst, "  signal "...), signal, 10)
	}
	return dst
}

// appendAct appends what a process did to a file or asked of the kernel: the program, the file, the system call, and why it
// failed.
func appendAct(dst []byte, e *event.Event) []byte {
	dst = appendText(dst, event.ActorProcessName.Get(e))
	if before := event.FilePreviousPath.Get(e); before != "" {
		dst = append(appendText(dst, before), " >"...)
	}
	dst = appendText(dst, event.FilePath.Get(e))
	if target := event.FileTarget.Get(e); target != "" {
		dst = appendText(append(dst, "  of"...), target)
	}
	if call := event.SyscallName.Get(e); call != "" {
		dst = appendText(dst, call+"("+strings.Join(event.SyscallArguments.Get(e), ", ")+")")
	}
	if n, ok := event.SyscallResult.Get(e); ok && n < 0 {
		dst = appendText(dst, event.SyscallStatus.Get(e))
	}
	return dst
}

// appendPolicy appends what a policy made of it, if one did.
func appendPolicy(dst []byte, e *event.Event) []byte {
	name := event.PolicyName.Get(e)
	if name == "" {
		return dst
	}
	dst = appendText(dst, event.PolicyObject.Get(e))
	return appendText(dst, name+": "+event.PolicyResult.Get(e))
}

// appendText appends two blanks and a text, unless there is none.
func appendText(dst []byte, text string) []byte {
	if text == "" {
		return dst
	}
	rest := ""
	if len(text) > maxText {
		rest = fmt.Sprintf("... (%d bytes)", len(text))
		text = strings.ToValidUTF8(text[:maxText], "")
	}
	return append(append(append(dst, "  "...), printable(text)...), rest...)
}

// appendCompactFinding appends one line about a finding: when, how severe, the rule, where, and what its author says of
// it.
func appendCompactFinding(dst []byte, f *detect.Finding) ([]byte, error) {
	dst = f.First.UTC().AppendFormat(dst, clockForm)
	dst = appendText(fmt.Appendf(dst, "  %-13s", f.Severity), f.Rule.Title)
	if f.Target.Namespace != "" || f.Target.Name != "" {
		dst = appendText(dst, f.Target.Namespace+"/"+f.Target.Name)
	}
	return appendText(dst, cmp.Or(f.Output(), f.Target.Command)), nil
}
