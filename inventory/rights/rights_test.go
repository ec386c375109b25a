package rights_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/inventory"
	"github.com/lynceus-io/lynceus/inventory/rights"
)

const rbac = "rbac.authorization.k8s.io"

func object(kind, namespace, name, document string, labels ...string) *inventory.Object {
	o := &inventory.Object{Group: rbac, Kind: kind, Namespace: namespace, Name: name, Document: []byte(document)}
	for _, l := range labels {
		if o.Labels == nil {
			o.Labels = map[string]string{}
		}
		k, v, _ := strings.Cut(l, "=")
		o.Labels[k] = v
	}
	return o
}

func bind(kind, namespace, name, roleKind, role, subjects string) *inventory.Object {
	return object(kind, namespace, name, fmt.Sprintf(`{"roleRef":{"apiGroup":"`+rbac+`","kind":%q,"name":%q},"subjects":[%s]}`, roleKind, role, subjects))
}

func book(t *testing.T, objects ...*inventory.Object) *rights.Book {
	t.Helper()
	var b rights.Book
	for _, o := range objects {
		if err := b.Add(o); err != nil {
			t.Fatal(err)
		}
	}
	return &b
}

// deed reads "verb group/resource/sub namespace name" or "verb /path"; - stands for none.
func deed(text string) rights.Deed {
	f := append(strings.Fields(text), "-", "-", "-")
	for i := range f {
		if f[i] == "-" {
			f[i] = ""
		}
	}
	d := rights.Deed{Verb: f[0], Requests: 1, Last: time.Unix(100, 0)}
	if strings.HasPrefix(f[1], "/") {
		d.Path = f[1]
		return d
	}
	parts := append(strings.Split(f[1], ":"), "", "")
	d.Group, d.Resource, d.Subresource, d.Namespace, d.Name = parts[0], parts[1], parts[2], f[2], f[3]
	return d
}

const (
	anna = `{"kind":"User","name":"anna"}`
	api  = `{"kind":"ServiceAccount","namespace":"shop","name":"api"}`
)

func TestAllows(t *testing.T) {
	for _, tt := range []struct {
		name    string
		account string
		rule    string
		binding [4]string // kind, namespace, kind of role, subjects
		yes, no []string
	}{
		{"a role in its namespace", "anna", `{"verbs":["get","list"],"apiGroups":[""],"resources":["pods"]}`, [4]string{"RoleBinding", "shop", "Role", anna},
			[]string{"get :pods shop x", "list :pods shop"},
			[]string{"get :pods bank x", "list :pods", "watch :pods shop", "get :pods:log shop x", "get apps:pods shop x", "get :secrets shop x"}},
		{"a cluster role bound in a namespace", "anna", `{"verbs":["*"],"apiGroups":["*"],"resources":["*"],"nonResourceURLs":["*"]}`, [4]string{"RoleBinding", "shop", "ClusterRole", anna},
			[]string{"delete apps:deployments shop x", "create :pods:exec shop x", "get :namespaces shop shop"},
			[]string{"get :nodes - n1", "list :secrets", "get /metrics", "get :namespaces bank bank"}},
		{"a cluster role bound everywhere", "anna", `{"verbs":["get"],"apiGroups":["apps"],"resources":["deployments/scale","*/status"]}`, [4]string{"ClusterRoleBinding", "", "ClusterRole", anna},
			[]string{"get apps:deployments:scale shop x", "get apps:daemonsets:status shop x"},
			[]string{"get apps:deployments shop x", "get apps:daemonsets:scale shop x", "update apps:deployments:scale shop x"}},
		{"names", "anna", `{"verbs":["get","create","update","list","deletecollection"],"apiGroups":[""],"resources":["configmaps","serviceaccounts/token"],"resourceNames":["one","two"]}`, [4]string{"RoleBinding", "shop", "Role", anna},
			[]string{"get :configmaps shop one", "update :configmaps shop two", "create :serviceaccounts:token shop one", "list :configmaps shop one"},
			[]string{"get :configmaps shop three", "list :configmaps shop", "create :configmaps shop one", "deletecollection :configmaps shop one"}},
		{"paths", "anna", `{"verbs":["get"],"nonResourceURLs":["/healthz","/logs/*"]}`, [4]string{"ClusterRoleBinding", "", "ClusterRole", anna},
			[]string{"get /healthz", "get /logs/a/b", "get /logs/"},
			[]string{"post /healthz", "get /healthz/x", "get /logs", "get :pods shop x"}},
		{"an account", "shop/api", `{"verbs":["get"],"apiGroups":[""],"resources":["*"]}`, [4]string{"ClusterRoleBinding", "", "ClusterRole", api},
			[]string{"get :pods shop x", "get :pods:log bank x"}, []string{"get apps:deployments shop x"}},
		{"an account named without its namespace", "system:serviceaccount:shop:api", `{"verbs":["get"],"apiGroups":[""],"resources":["pods"]}`, [4]string{"RoleBinding", "shop", "Role", `{"kind":"ServiceAccount","name":"api"}`},
			[]string{"get :pods shop x"}, nil},
		{"an account of the same name elsewhere", "bank/api", `{"verbs":["get"],"apiGroups":[""],"resources":["pods"]}`, [4]string{"ClusterRoleBinding", "", "ClusterRole", api},
			nil, []string{"get :pods shop x"}},
		{"a user called like an account", "api", `{"verbs":["get"],"apiGroups":[""],"resources":["pods"]}`, [4]string{"ClusterRoleBinding", "", "ClusterRole", api},
			nil, []string{"get :pods shop x"}},
		{"everybody who signed in", "anna", `{"verbs":["create"],"apiGroups":["authorization.k8s.io"],"resources":["selfsubjectaccessreviews"]}`, [4]string{"ClusterRoleBinding", "", "ClusterRole", `{"kind":"Group","name":"system:authenticated"}`},
			[]string{"create authorization.k8s.io:selfsubjectaccessreviews"}, nil},
		{"nobody who did not", "system:anonymous", `{"verbs":["get"],"nonResourceURLs":["/version"]}`, [4]string{"ClusterRoleBinding", "", "ClusterRole", `{"kind":"Group","name":"system:authenticated"}`},
			nil, []string{"get /version"}},
		{"accounts of a namespace", "shop/web", `{"verbs":["get"],"apiGroups":[""],"resources":["pods"]}`, [4]string{"RoleBinding", "bank", "Role", `{"kind":"Group","name":"system:serviceaccounts:shop"}`},
			[]string{"get :pods bank x"}, []string{"get :pods shop x"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := book(t, object(tt.binding[2], tt.binding[1], "r", `{"rules":[`+tt.rule+`]}`), bind(tt.binding[0], tt.binding[1], "b", tt.binding[2], "r", tt.binding[3]))
			if tt.binding[2] == "ClusterRole" {
				b = book(t, object("ClusterRole", "", "r", `{"rules":[`+tt.rule+`]}`), bind(tt.binding[0], tt.binding[1], "b", "ClusterRole", "r", tt.binding[3]))
			}
			list, _ := b.Rights(rights.NewAccount(tt.account, nil))
			for i, text := range slices.Concat(tt.yes, tt.no) {
				d := deed(text)
				got := slices.ContainsFunc(list, func(r rights.Right) bool { return r.Allows(&d) })
				if want := i < len(tt.yes); got != want {
					t.Errorf("%s: allowed %v, want %v", text, got, want)
				}
			}
		})
	}
}

func TestAggregated(t *testing.T) {
	read := `{"rules":[{"verbs":["get"],"apiGroups":["x.io"],"resources":["widgets"]}]}`
	edit := `{"rules":[{"verbs":["update"],"apiGroups":["x.io"],"resources":["widgets"]}]}`
	top := `"aggregationRule":{"clusterRoleSelectors":[{"matchLabels":{"to-edit":"true"}},{"matchExpressions":[{"key":"to-view","operator":"In","values":["true"]}]}]}`
	parts := []*inventory.Object{
		object("ClusterRole", "", "widgets-view", read, "to-view=true"), object("ClusterRole", "", "widgets-edit", edit, "to-edit=true"),
		object("ClusterRole", "", "other", `{"rules":[{"verbs":["*"],"apiGroups":["*"],"resources":["*"]}]}`, "to-edit=false"),
		bind("ClusterRoleBinding", "", "b", "ClusterRole", "all-widgets", anna),
	}
	for _, tt := range []struct {
		name, document string
		want           []string
	}{
		{"as the controller wrote it", `{` + top + `,"rules":[{"verbs":["get"],"apiGroups":["x.io"],"resources":["widgets"]}]}`, []string{"get widgets-view"}},
		{"before the controller wrote it", `{` + top + `,"rules":null}`, []string{"update widgets-edit", "get widgets-view"}},
		{"that selects nothing", `{"aggregationRule":{"clusterRoleSelectors":[{}]},"rules":[]}`, nil},
	} {
		list, _ := book(t, append(parts, object("ClusterRole", "", "all-widgets", tt.document))...).Rights(rights.NewAccount("anna", nil))
		var got []string
		for _, r := range list {
			got = append(got, r.Rule.Verbs[0]+" "+strings.Join(r.From, " "))
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
	// Roles that select each other end, too.
	round := func(name, other string) *inventory.Object {
		return object("ClusterRole", "", name, `{"aggregationRule":{"clusterRoleSelectors":[{"matchLabels":{"in":"`+other+`"}}]}}`, "in="+name)
	}
	list, _ := book(t, round("a", "b"), round("b", "a"), bind("ClusterRoleBinding", "", "b", "ClusterRole", "a", anna)).Rights(rights.NewAccount("anna", nil))
	if len(list) != 0 {
		t.Errorf("roles without rules give %v", list)
	}
}

func TestCompare(t *testing.T) {
	b := book(t,
		object("ClusterRole", "", "reader", `{"rules":[{"verbs":["get","list","delete"],"apiGroups":["","apps"],"resources":["pods","deployments","pods/log"]},{"verbs":["*"],"apiGroups":["*"],"resources":["*"]}]}`),
		bind("RoleBinding", "shop", "reads", "ClusterRole", "reader", api),
		bind("RoleBinding", "shop", "dangling", "Role", "gone", api),
	)
	list, missing := b.Rights(rights.NewAccount("shop/api", nil))
	if want := (rights.Missing{Binding: rights.Ref{Kind: "RoleBinding", Namespace: "shop", Name: "dangling"}, Role: rights.Ref{Kind: "Role", Namespace: "shop", Name: "gone"}}); len(missing) != 1 || missing[0] != want {
		t.Errorf("missing %v", missing)
	}
	refused := deed("get :pods:log shop x")
	refused.Refused = 1
	deeds := []rights.Deed{deed("get :pods shop x"), deed("list apps:deployments shop"), refused, deed("create :secrets shop s"), deed("get /version"), deed("get :nodes - n")}
	c := rights.Compare(list, deeds)
	if got, want := fmt.Sprint(c.By), "[[0 1] [0 1] [0 1] [1] [] []]"; got != want {
		t.Errorf("by %s, want %s", got, want)
	}
	u := c.Uses[0]
	if u.Requests != 2 || !u.Last.Equal(time.Unix(100, 0)) {
		t.Errorf("use %+v", u)
	}
	if got, want := strings.Join(u.Used, ", "), "get pods, list deployments"; got != want {
		t.Errorf("used %s", got)
	}
	if got, want := strings.Join(u.Unused, ", "), "delete deployments, delete pods, delete pods/log, get deployments, get pods/log, list pods, list pods/log"; got != want {
		t.Errorf("unused %s", got)
	}
	if u := c.Uses[1]; u.Requests != 3 || len(u.Unused) != 0 || strings.Join(u.Used, ", ") != "create secrets, get pods, list deployments" {
		t.Errorf("use of everything %+v", u)
	}
}

func TestCompareIsBounded(t *testing.T) {
	var names []string
	for i := range 300 {
		names = append(names, fmt.Sprintf("thing%d", i))
	}
	wide := []rights.Right{{Rule: rights.Rule{Verbs: []string{"get"}, Resources: names}}, {Rule: rights.Rule{Verbs: names, Resources: names}}}
	c := rights.Compare(wide, nil)
	if u := c.Uses[0]; len(u.Unused) != rights.MaxParts || u.MoreUnused != 100 {
		t.Errorf("%d named, %d more", len(u.Unused), u.MoreUnused)
	}
	if u := c.Uses[1]; len(u.Unused) != 0 || u.MoreUnused != 90_000 {
		t.Errorf("%d named, %d more", len(u.Unused), u.MoreUnused)
	}
}

func TestPowers(t *testing.T) {
	for _, tt := range []struct {
		namespace, rule string
		want            []string
	}{
		{"", `{"verbs":["get"],"apiGroups":[""],"resources":["pods","configmaps"]}`, nil},
		{"shop", `{"verbs":["list"],"apiGroups":[""],"resources":["secrets"]}`, []string{"read secrets"}},
		{"shop", `{"verbs":["get"],"apiGroups":[""],"resources":["secrets"],"resourceNames":["db"]}`, []string{"read secrets"}},
		{"shop", `{"verbs":["create"],"apiGroups":[""],"resources":["nodes/proxy","pods/exec"]}`, []string{"run commands in pods"}},
		{"", `{"verbs":["create"],"apiGroups":[""],"resources":["nodes/proxy","serviceaccounts/token"]}`, []string{"make tokens of accounts", "reach into nodes"}},
		{"", `{"verbs":["bind"],"apiGroups":["` + rbac + `"],"resources":["clusterroles"],"resourceNames":["view"]}`, []string{"give roles that it does not have"}},
	} {
		kind := map[bool]string{true: "ClusterRoleBinding", false: "RoleBinding"}[tt.namespace == ""]
		list, _ := book(t, object("ClusterRole", "", "r", `{"rules":[`+tt.rule+`]}`), bind(kind, tt.namespace, "b", "ClusterRole", "r", anna)).Rights(rights.NewAccount("anna", nil))
		if got := list[0].Powers(); !slices.Equal(got, tt.want) {
			t.Errorf("%s: %q, want %q", tt.rule, got, tt.want)
		}
	}
}

func TestAccount(t *testing.T) {
	for _, tt := range []struct {
		name   string
		seen   []string
		want   string
		groups string
		all    bool
	}{
		{"shop/api", nil, "system:serviceaccount:shop:api", "system:authenticated system:serviceaccounts system:serviceaccounts:shop", false},
		{"anna", []string{"ops", "system:authenticated"}, "anna", "ops system:authenticated", false},
		{"root", []string{"system:masters"}, "root", "system:authenticated system:masters", true},
		{"system:node:n1", nil, "system:node:n1", "system:authenticated system:nodes", false},
		{"system:anonymous", nil, "system:anonymous", "system:unauthenticated", false},
		{"https://idp.example/anna", nil, "https://idp.example/anna", "system:authenticated", false},
		{"", nil, "", "", false},
	} {
		a := rights.NewAccount(tt.name, tt.seen)
		if a.Name != tt.want || strings.Join(a.Groups, " ") != tt.groups || a.Everything() != tt.all {
			t.Errorf("%s: %+v %v", tt.name, a, a.Everything())
		}
	}
}

func TestAddRefuses(t *testing.T) {
	var b rights.Book
	for _, o := range []*inventory.Object{object("Role", "shop", "r", `{"rules":7}`), object("RoleBinding", "shop", "b", `[`), object("ClusterRole", "", "c", ``)} {
		if err := b.Add(o); err == nil || !strings.Contains(err.Error(), o.Kind) {
			t.Errorf("%s: %v", o.Kind, err)
		}
	}
	if err := b.Add(&inventory.Object{Kind: "Pod"}); err != nil || !b.Empty() {
		t.Errorf("a pod: %v, empty %v", err, b.Empty())
	}
}

func FuzzAdd(f *testing.F) {
	f.Add("ClusterRole", `{"rules":[{"verbs":["*"],"apiGroups":["*"],"resources":["*/x"],"nonResourceURLs":["*"]}],"aggregationRule":{"clusterRoleSelectors":[{"matchExpressions":[{"key":"a","operator":"Exists"}]}]}}`, "get", "pods")
	f.Add("ClusterRoleBinding", `{"roleRef":{"kind":"ClusterRole","name":"r"},"subjects":[{"kind":"User","name":"anna"}]}`, "get", "/x")
	f.Fuzz(func(t *testing.T, kind, document, verb, thing string) {
		b := book(t, bind("ClusterRoleBinding", "", "b", "ClusterRole", "r", anna), object("ClusterRole", "", "other", `{"rules":[]}`, "a=b"))
		if b.Add(object(kind, "", "r", document)) != nil {
			return
		}
		list, _ := b.Rights(rights.NewAccount("anna", nil))
		c := rights.Compare(list, []rights.Deed{{Verb: verb, Resource: thing, Requests: 1}, {Verb: verb, Path: thing, Requests: 1}})
		for i := range list {
			list[i].Powers()
			if u := c.Uses[i]; len(u.Used) > rights.MaxParts || len(u.Unused) > rights.MaxParts {
				t.Fatal("not bounded")
			}
		}
	})
}
