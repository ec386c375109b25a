package policy

import (
	"net/url"
	"strings"

	"github.com/lynceus-io/lynceus/event"
)

// AttributesOf returns what a policy is asked about the request of an audit
// event. The API server fills in the object's name and namespace from the
// body only after it asked the policy; so they count where the URI has them.
func AttributesOf(e *event.Event) Attributes {
	groups := event.AuditUserGroups.Get(e)
	a := Attributes{
		User: event.AuditUserName.Get(e), Groups: groups, Verb: event.APIOperation.Get(e),
		Resource: event.ResourceType.Has(e), Group: event.ResourceGroup.Get(e), Type: event.ResourceType.Get(e), Sub: event.ResourceSubresource.Get(e),
		Namespace: event.K8sNamespace.Get(e), Name: event.ResourceName.Get(e),
	}
	a.Known = a.User != "" || len(groups) > 0
	uri := event.HTTPRequestURLPath.Get(e)
	a.Path, _, _ = strings.Cut(uri, "?")
	if unescaped, err := url.PathUnescape(a.Path); err == nil {
		a.Path = unescaped
	}
	if uri == "" || !a.Resource {
		return a
	}
	if a.Namespace != "" && !strings.Contains(a.Path, "/namespaces/"+a.Namespace) {
		a.Namespace = ""
	}
	if a.Name != "" && a.Verb == "create" && !strings.Contains(a.Path+"/", "/"+a.Type+"/"+a.Name+"/") {
		a.Name = ""
	}
	return a
}
