package foreign

import (
	"strings"

	"github.com/lynceus-io/lynceus/event"
)

// runtimes are programs that start the processes of containers: runtimes of
// the Open Container Initiative, and what stands over a container for them.
var runtimes = map[string]bool{
	"runc": true, "crun": true, "youki": true, "runsc": true, "containerd-shim": true, "conmon": true, "crio": true,
}

// Entered says of a row of a process that started that its parent is a
// runtime: so somebody may have had it run in the container (kubectl exec),
// and it can be joined with the request. What a runtime starts first is the
// container's own program; the tool knows that one by its process id in the
// container, 1, which the caller must rule out where it has it.
//
// Where the tool gave the process no identity, key makes one: it is to say which
// process of the cluster it is.
func Entered(e *event.Event, parent string, key ...string) {
	name, _, _ := strings.Cut(Base(parent), ":") // runc:[2:INIT]
	if strings.HasPrefix(name, "containerd-shim") {
		name = "containerd-shim" // -runc-v2
	}
	if !runtimes[name] || event.K8sPod.Get(e) == "" {
		return
	}
	if !event.ProcessUID.Has(e) {
		event.ProcessUID.Set(e, event.NewUIDHasher().Sum("foreign process", key...).String())
	}
	event.ProcessSessionRootUID.Set(e, event.ProcessUID.Get(e))
}
