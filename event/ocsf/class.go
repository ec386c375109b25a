package ocsf

import "github.com/lynceus-io/lynceus/event"

// Numbers of activity_id that every class has.
const (
	activityUnknown = 0
	activityOther   = 99 // activity_name is the source's own word
)

// Values of category_uid.
const (
	categoryNone        = 0
	categorySystem      = 1
	categoryFindings    = 2
	categoryNetwork     = 4
	categoryApplication = 6
)

// class is what OCSF says of one of its classes.
type class struct {
	name       string
	category   int
	activities []string // captions of activity_id 1, 2, 3, ...
	requires   []string // objects that a document must have, besides metadata
	endpoints  bool     // has src_endpoint and dst_endpoint
	resources  bool     // has resources
	host       bool     // has actor by the profile "host" only
	control    bool     // has what a policy made of it, by the profile "security_control"
}

// categories are the captions of category_uid.
var categories = map[int]string{
	categoryNone: "Uncategorized", categorySystem: "System Activity", categoryFindings: "Findings",
	categoryNetwork: "Network Activity", categoryApplication: "Application Activity",
}

// base is the class of what OCSF has no class for. Its class_uid is 0.
var base = class{name: "Base Event", requires: []string{"unmapped"}, host: true}

// classes are those that tables follow, from https://schema.ocsf.io/1.8.0/classes.
var classes = map[event.Class]class{
	event.ClassProcess: {
		name: "Process Activity", category: categorySystem, requires: []string{"actor", "device", "process"},
		activities: []string{"Launch", "Terminate", "Open", "Inject", "Set User ID"}, control: true,
	},
	event.ClassFile: {
		name: "File System Activity", category: categorySystem, requires: []string{"actor", "device", "file"},
		activities: []string{
			"Create", "Read", "Update", "Delete", "Rename", "Set Attributes", "Set Security", "Get Attributes", "Get Security",
			"Encrypt", "Decrypt", "Mount", "Unmount", "Open",
		},
	},
	event.ClassNetwork: {
		name: "Network Activity", category: categoryNetwork, endpoints: true, host: true, control: true,
		activities: []string{"Open", "Close", "Reset", "Fail", "Refuse", "Traffic", "Listen"},
	},
	event.ClassDNS: {
		name: "DNS Activity", category: categoryNetwork, endpoints: true, host: true,
		activities: []string{"Query", "Response", "", "", "", "Traffic"},
	},
	event.ClassAudit: {
		name: "API Activity", category: categoryApplication, requires: []string{"actor", "api", "src_endpoint"}, endpoints: true, resources: true,
		activities: []string{"Create", "Read", "Update", "Delete"},
	},
	event.ClassKernel: {
		name: "Kernel Activity", category: categorySystem, requires: []string{"actor", "device", "kernel"},
		activities: []string{"Create", "Read", "Delete", "Invoke"},
	},
	event.ClassModule: {
		name: "Module Activity", category: categorySystem, requires: []string{"actor", "device", "module"},
		activities: []string{"Load", "Unload", "Invoke"},
	},
	event.ClassMemory: {
		name: "Memory Activity", category: categorySystem, requires: []string{"actor", "device", "process"},
		activities: []string{
			"Allocate Page", "Modify Page", "Delete Page", "Buffer Overflow", "Disable DEP", "Enable DEP", "Read", "Write", "Map View",
		},
	},
	event.ClassFinding:  {name: "Detection Finding", category: categoryFindings, activities: []string{"Create", "Update", "Close"}},
	event.ClassIncident: {name: "Incident Finding", category: categoryFindings, activities: []string{"Create", "Update", "Close"}},
}

// kindOf returns the class that rows of table c follow and its class_uid.
func kindOf(c event.Class) (k class, uid int) {
	if k, ok := classes[c]; ok {
		return k, c.UID()
	}
	return base, 0
}

// caption is what OCSF calls the activity of that number.
func (k *class) caption(activity int) string {
	switch {
	case activity == activityUnknown:
		return "Unknown"
	case activity > 0 && activity <= len(k.activities) && k.activities[activity-1] != "":
		return k.activities[activity-1]
	}
	return "Other"
}

// has reports whether the class has the attribute of that name, of those that
// not every class has.
func (k *class) has(attribute string) bool {
	switch attribute {
	case "src_endpoint", "dst_endpoint":
		return k.endpoints
	case "resources":
		return k.resources
	}
	return true
}

// profiles are the profiles that documents of the class follow.
func (k *class) profiles() []string {
	out := []string{"datetime"}
	if k.host {
		out = append(out, "host")
	}
	if k.control {
		out = append(out, "security_control")
	}
	return out
}

// Kind returns the members of a document that say what it is about: category,
// class, activity and type, each as number and as caption. A table that OCSF
// has no class for is a Base Event. The caller owns the map.
func Kind(c event.Class, activity int) map[string]any {
	k, uid := kindOf(c)
	return kind(k, uid, activity)
}

func kind(k class, uid, activity int) map[string]any {
	name := k.caption(activity)
	return map[string]any{
		"category_uid": k.category, "category_name": categories[k.category],
		"class_uid": uid, "class_name": k.name,
		"activity_id": activity, "activity_name": name,
		"type_uid": uid*100 + activity, "type_name": k.name + ": " + name,
	}
}
