package rawjson

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"os"
	"path/filepath"
	"testing"

	"github.com/lynceus-io/lynceus/internal/require"
)

const realLog = "audit-real-k8s-1.36.jsonl.gz"

// realEvents returns the lines of a real audit log.
func realEvents(tb testing.TB) [][]byte {
	tb.Helper()
	f, err := os.Open(filepath.Join(require.Data(tb), realLog))
	if err != nil {
		tb.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(bufio.NewReader(f))
	if err != nil {
		tb.Fatal(err)
	}
	var lines [][]byte
	s := bufio.NewScanner(z)
	s.Buffer(nil, 1<<24)
	for s.Scan() {
		lines = append(lines, bytes.Clone(s.Bytes()))
	}
	if s.Err() != nil {
		tb.Fatal(s.Err())
	}
	return lines
}

func totalSize(docs [][]byte) int64 {
	n := 0
	for _, d := range docs {
		n += len(d)
	}
	return int64(n)
}

// auditPaths are paths such as audit intake and rules want.
var auditPaths = []string{
	"kind", "apiVersion", "level", "auditID", "stage", "requestURI", "verb",
	"user.username", "user.uid", "user.groups", "user.extra",
	"impersonatedUser.username", "impersonatedUser.groups",
	"sourceIPs", "userAgent",
	"objectRef.resource", "objectRef.namespace", "objectRef.name", "objectRef.uid",
	"objectRef.apiGroup", "objectRef.apiVersion", "objectRef.subresource",
	"responseStatus.code", "responseStatus.reason", "responseStatus.message",
	"requestReceivedTimestamp", "stageTimestamp",
	"annotations.authorization.k8s.io/decision", "annotations.authorization.k8s.io/reason",
	"requestObject.kind", "requestObject.metadata.name", "requestObject.spec.hostNetwork",
	"requestObject.spec.hostPID", "requestObject.spec.containers.image",
	"requestObject.spec.containers.command", "requestObject.spec.containers.args",
	"requestObject.spec.containers.securityContext.privileged",
	"requestObject.spec.containers.securityContext.capabilities.add",
	"requestObject.spec.volumes.hostPath.path", "requestObject.roleRef.name",
	"requestObject.rules.verbs", "responseObject.metadata.uid",
}

func mustPaths(tb testing.TB, texts ...string) []Path {
	tb.Helper()
	var paths []Path
	for _, text := range texts {
		p, err := ParsePath(text)
		if err != nil {
			tb.Fatal(err)
		}
		paths = append(paths, p)
	}
	return paths
}

func mustCompile(tb testing.TB, opts Options, texts ...string) *Extractor {
	tb.Helper()
	x, err := Compile(mustPaths(tb, texts...), opts)
	if err != nil {
		tb.Fatal(err)
	}
	return x
}
