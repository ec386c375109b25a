package kube

import (
	"encoding/base64"
	"encoding/json"
	"hash/maphash"
	"slices"
	"strings"
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/lynceus-io/lynceus/collect/redact"
	"github.com/lynceus-io/lynceus/inventory"
)

// resourceNamed returns what is watched under a name.
func resourceNamed(t *testing.T, name string) *Resource {
	t.Helper()
	list := Resources()
	i := slices.IndexFunc(list, func(r Resource) bool { return r.Name == name })
	if i < 0 {
		t.Fatalf("%s is not watched", name)
	}
	return &list[i]
}

var testSeed = maphash.MakeSeed()

func convert(t *testing.T, resource string, x metav1.Object) (*inventory.Object, uint64) {
	t.Helper()
	c := converter{resource: resourceNamed(t, resource), redactor: redact.New([]byte("key of the tests")), seed: testSeed}
	o, hash, err := c.object(x)
	if err != nil {
		t.Fatal(err)
	}
	return o, hash
}

const canary = "correct-horse-battery-staple-4711"

func testMeta(name string) metav1.ObjectMeta {
	return metav1.ObjectMeta{
		Name: name, Namespace: "shop", UID: types.UID("uid-" + name), ResourceVersion: "7",
		CreationTimestamp: metav1.NewTime(time.Unix(1e9, 0)), Labels: map[string]string{"app": "web"},
		Annotations: map[string]string{
			corev1.LastAppliedConfigAnnotation: `{"data":{"p":"` + canary + `"}}`, "kapp.k14s.io/original": canary, "team": "red",
			"script": strings.Repeat("x", maxAnnotation+1),
		},
		ManagedFields: []metav1.ManagedFieldsEntry{{Manager: "kubectl"}},
	}
}

func testTemplate() corev1.PodTemplateSpec {
	env := []corev1.EnvVar{
		{Name: "HARMLESS_LOOKING", Value: canary},
		{Name: "FROM", ValueFrom: &corev1.EnvVarSource{SecretKeyRef: &corev1.SecretKeySelector{Key: "k", LocalObjectReference: corev1.LocalObjectReference{Name: "s"}}}},
	}
	return corev1.PodTemplateSpec{
		ObjectMeta: metav1.ObjectMeta{Annotations: map[string]string{"my/last-applied": canary, "kubectl.kubernetes.io/restartedAt": "today"}},
		Spec: corev1.PodSpec{
			ServiceAccountName: "web", HostNetwork: true,
			InitContainers: []corev1.Container{{Name: "init", Image: "busybox:1", Env: env}},
			Containers:     []corev1.Container{{Name: "web", Image: "web@sha256:" + strings.Repeat("a", 64), Env: slices.Clone(env), Args: []string{"--password=" + canary}}},
		},
	}
}

func TestPod(t *testing.T) {
	yes := true
	template := testTemplate()
	p := &corev1.Pod{ObjectMeta: testMeta("web-1"), Spec: template.Spec}
	p.OwnerReferences = []metav1.OwnerReference{
		{APIVersion: "v1", Kind: "ConfigMap", Name: "other", UID: "u1"},
		{APIVersion: "apps/v1", Kind: "ReplicaSet", Name: "web", UID: "u2", Controller: &yes},
	}
	p.Spec.NodeName = "n1"
	p.Spec.EphemeralContainers = []corev1.EphemeralContainer{{EphemeralContainerCommon: corev1.EphemeralContainerCommon{Name: "debug", Image: "debug:1", Env: []corev1.EnvVar{{Name: "X", Value: canary}}}}}
	p.Status = corev1.PodStatus{
		Phase: corev1.PodRunning, PodIP: "10.0.0.1", PodIPs: []corev1.PodIP{{IP: "10.0.0.1"}, {IP: "fd00::1"}}, HostIP: "192.0.2.1",
		ContainerStatuses: []corev1.ContainerStatus{{Name: "web", ContainerID: "containerd://1", ImageID: "docker.io/x@sha256:bb", RestartCount: 3}},
		Conditions:        []corev1.PodCondition{{Type: corev1.PodReady, LastProbeTime: metav1.Now()}},
	}
	first, hash := convert(t, "pods", p.DeepCopy())
	if first.Node != "n1" || first.ServiceAccount != "web" || !first.HostNetwork || first.Phase != "Running" || len(first.Addresses) != 2 ||
		first.Owner != (inventory.Reference{Group: "apps", Kind: "ReplicaSet", Name: "web", UID: "u2"}) || first.Created != 1e18 ||
		!slices.Equal(first.Images, []string{"busybox:1", "debug:1", "web@sha256:" + strings.Repeat("a", 64)}) ||
		!slices.Equal(first.Digests, []string{"sha256:" + strings.Repeat("a", 64), "sha256:bb"}) ||
		!slices.Equal(first.Containers, []inventory.Container{{Name: "web", ID: "containerd://1"}}) {
		t.Errorf("%+v", first)
	}
	for _, want := range []string{"HARMLESS_LOOKING", "secretKeyRef", `"team":"red"`, `"hostIP"`} {
		if !strings.Contains(string(first.Document), want) {
			t.Errorf("no %s in %s", want, first.Document)
		}
	}
	for _, none := range []string{canary, "managedFields", "resourceVersion", "lastProbeTime", "restartCount", "script"} {
		if strings.Contains(string(first.Document), none) {
			t.Errorf("%s in %s", none, first.Document)
		}
	}
	tests := []struct {
		name    string
		change  func(*corev1.Pod)
		changes bool
	}{
		{"nothing", func(*corev1.Pod) {}, false},
		{"resourceVersion", func(p *corev1.Pod) { p.ResourceVersion = "8" }, false},
		{"a probe", func(p *corev1.Pod) { p.Status.Conditions[0].LastProbeTime = metav1.NewTime(time.Unix(2e9, 0)) }, false},
		{"managed fields", func(p *corev1.Pod) { p.ManagedFields = nil }, false},
		{"a restart", func(p *corev1.Pod) { p.Status.ContainerStatuses[0].ContainerID = "containerd://2" }, true},
		{"an address", func(p *corev1.Pod) { p.Status.PodIPs = p.Status.PodIPs[:1] }, true},
		{"a phase", func(p *corev1.Pod) { p.Status.Phase = corev1.PodFailed }, true},
		{"a deletion", func(p *corev1.Pod) { now := metav1.Now(); p.DeletionTimestamp = &now }, true},
		{"a label", func(p *corev1.Pod) { p.Labels["app"] = "other" }, true},
		{"an image", func(p *corev1.Pod) { p.Spec.Containers[0].Image = "web:2" }, true},
	}
	for _, tt := range tests {
		x := p.DeepCopy()
		tt.change(x)
		if _, got := convert(t, "pods", x); (got != hash) != tt.changes {
			t.Errorf("%s: changes %v, want %v", tt.name, got != hash, tt.changes)
		}
	}
}

// TestNoSecretIsKept plants the canary wherever a kind may hold one.
func TestNoSecretIsKept(t *testing.T) {
	template := testTemplate()
	tests := map[string]metav1.Object{
		"deployments":            &appsv1.Deployment{ObjectMeta: testMeta("d"), Spec: appsv1.DeploymentSpec{Template: testTemplate()}},
		"replicasets":            &appsv1.ReplicaSet{ObjectMeta: testMeta("d"), Spec: appsv1.ReplicaSetSpec{Template: testTemplate()}},
		"replicationcontrollers": &corev1.ReplicationController{ObjectMeta: testMeta("d"), Spec: corev1.ReplicationControllerSpec{Template: &template}},
		"statefulsets":           &appsv1.StatefulSet{ObjectMeta: testMeta("d"), Spec: appsv1.StatefulSetSpec{Template: testTemplate(), VolumeClaimTemplates: []corev1.PersistentVolumeClaim{{ObjectMeta: testMeta("c")}}}},
		"daemonsets":             &appsv1.DaemonSet{ObjectMeta: testMeta("d"), Spec: appsv1.DaemonSetSpec{Template: testTemplate()}},
		"jobs":                   &batchv1.Job{ObjectMeta: testMeta("d"), Spec: batchv1.JobSpec{Template: testTemplate()}},
		"cronjobs":               &batchv1.CronJob{ObjectMeta: testMeta("d"), Spec: batchv1.CronJobSpec{JobTemplate: batchv1.JobTemplateSpec{ObjectMeta: testMeta("j"), Spec: batchv1.JobSpec{Template: testTemplate()}}}},
		"persistentvolumes": &corev1.PersistentVolume{ObjectMeta: testMeta("v"), Spec: corev1.PersistentVolumeSpec{PersistentVolumeSource: corev1.PersistentVolumeSource{
			CSI: &corev1.CSIPersistentVolumeSource{Driver: "d", VolumeAttributes: map[string]string{"k": canary}}}}},
		"secrets":    &metav1.PartialObjectMetadata{ObjectMeta: testMeta("s")},
		"configmaps": &metav1.PartialObjectMetadata{ObjectMeta: testMeta("s")},
	}
	for name, x := range tests {
		x.GetAnnotations()["note"] = "none"
		if name == "secrets" || name == "configmaps" {
			x.GetAnnotations()["note"] = canary
		}
		o, _ := convert(t, name, x)
		text := string(o.Document)
		if !json.Valid(o.Document) || strings.Contains(text, canary) || strings.Contains(text, base64.StdEncoding.EncodeToString([]byte(canary))) {
			t.Errorf("%s: %s", name, text)
		}
		if name == "deployments" && (o.ServiceAccount != "web" || len(o.Images) != 2) {
			t.Errorf("%+v", o)
		}
	}
}

func TestHeartbeatsAreNoChange(t *testing.T) {
	node := func(at int64, ready corev1.ConditionStatus) *corev1.Node {
		n := &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: "n1", UID: "u"}, Spec: corev1.NodeSpec{PodCIDR: "10.1.0.0/24", PodCIDRs: []string{"10.1.0.0/24"}}}
		n.Status.Addresses = []corev1.NodeAddress{{Type: corev1.NodeInternalIP, Address: "192.0.2.1"}, {Type: corev1.NodeHostName, Address: "n1"}}
		n.Status.Conditions = []corev1.NodeCondition{{Type: corev1.NodeReady, Status: ready, LastHeartbeatTime: metav1.NewTime(time.Unix(at, 0))}}
		return n
	}
	first, hash := convert(t, "nodes", node(1, corev1.ConditionTrue))
	if first.Phase != "Ready" || len(first.Addresses) != 1 || len(first.Networks) != 1 {
		t.Errorf("%+v", first)
	}
	if _, later := convert(t, "nodes", node(2, corev1.ConditionTrue)); later != hash {
		t.Error("a heartbeat is a change")
	}
	if _, later := convert(t, "nodes", node(2, corev1.ConditionUnknown)); later == hash {
		t.Error("a node that went away is no change")
	}
	slice := func(ready bool, ip string) *discoveryv1.EndpointSlice {
		return &discoveryv1.EndpointSlice{ObjectMeta: testMeta("s"), Endpoints: []discoveryv1.Endpoint{{
			Addresses: []string{ip}, Conditions: discoveryv1.EndpointConditions{Ready: &ready}, TargetRef: &corev1.ObjectReference{Kind: "Pod", Name: "p"}}}}
	}
	_, a := convert(t, "endpointslices", slice(true, "10.0.0.1"))
	_, b := convert(t, "endpointslices", slice(false, "10.0.0.1"))
	_, c := convert(t, "endpointslices", slice(true, "10.0.0.2"))
	if a != b || a == c {
		t.Error("readiness is a change, or an address is none")
	}
}

func TestLargeObject(t *testing.T) {
	d := &appsv1.Deployment{ObjectMeta: testMeta("d"), Spec: appsv1.DeploymentSpec{Template: testTemplate()}}
	d.Spec.Template.Spec.Containers[0].Args = []string{strings.Repeat("x", maxDocument)}
	o, _ := convert(t, "deployments", d)
	if len(o.Document) > 2000 || !strings.Contains(string(o.Document), "the object has") || len(o.Images) != 2 {
		t.Errorf("%d bytes: %.300s", len(o.Document), o.Document)
	}
}

func TestDigestOf(t *testing.T) {
	sum := "sha256:" + strings.Repeat("0", 64)
	for in, want := range map[string]string{
		"": "", "nginx:1": "", "nginx@" + sum: sum, "docker-pullable://nginx@" + sum: sum, sum: sum, "docker://" + sum: sum, "sha256:short": "",
	} {
		if got := digestOf(in); got != want {
			t.Errorf("digestOf(%q) = %q, want %q", in, got, want)
		}
	}
}
