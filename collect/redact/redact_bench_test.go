package redact

import (
	"strings"
	"testing"
)

// ordinary is an audit document as most are: it has no secret and looks like
// none.
var ordinary = `{"kind":"Event","apiVersion":"audit.k8s.io/v1","level":"RequestResponse","auditID":"7d3c2f0e-5f3a-4c8e-9a51-0b1d2c3e4f5a","stage":"ResponseComplete",` +
	`"requestURI":"/apis/coordination.k8s.io/v1/namespaces/kube-system/leases/kube-scheduler?timeout=5s","verb":"update","user":{"username":"system:kube-scheduler","groups":["system:authenticated"]},` +
	`"sourceIPs":["10.0.0.10"],"userAgent":"kube-scheduler/v1.36.0 (linux/amd64) kubernetes/abcdef0/leader-election","objectRef":{"resource":"leases","namespace":"kube-system","name":"kube-scheduler","apiGroup":"coordination.k8s.io","apiVersion":"v1"},` +
	`"responseStatus":{"metadata":{},"code":200},"requestObject":{"kind":"Lease","spec":{"holderIdentity":"node-1","leaseDurationSeconds":15,"containers":[` +
	strings.Repeat(`{"name":"main","image":"registry.example/app:1.2","resources":{"limits":{"cpu":"100m","memory":"64Mi"}},"volumeMounts":[{"name":"data","mountPath":"/data"}]},`, 8) +
	`{}]}},"annotations":{"authorization.k8s.io/decision":"allow","authorization.k8s.io/reason":"RBAC: allowed by ClusterRoleBinding"}}`

func BenchmarkSuspect(b *testing.B) {
	r, doc := New(nil), []byte(ordinary)
	if suspect, _ := r.Suspect(doc); suspect {
		b.Fatal("an ordinary document is suspected")
	}
	b.SetBytes(int64(len(doc)))
	b.ReportAllocs()
	for b.Loop() {
		r.Suspect(doc)
	}
}

func BenchmarkDocument(b *testing.B) {
	for name, doc := range map[string]string{
		"nothing found": ordinary,
		"secret":        fill(`{"requestObject":{"kind":"Secret","data":{"a":"«D»","b":"«D»"},"metadata":` + ordinary + `}}`),
	} {
		b.Run(name, func(b *testing.B) {
			r := New(nil)
			b.SetBytes(int64(len(doc)))
			b.ReportAllocs()
			for b.Loop() {
				if _, _, err := r.Document(nil, []byte(doc), Context{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
