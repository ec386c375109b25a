// Package ocsfschema validates events against the published definitions of the Open Cybersecurity Schema Framework:
// categories, dictionary, objects, profiles, event classes and the Linux extension, as the framework's repository lays
// them out. It is linked into tests only, where what Lynceus exports has to be valid.
//
// It is stricter than a consumer has to be. Besides unknown and missing attributes, types, enum values, constraints and
// profiles, it refuses JSON null, a caption that contradicts its identifier (severity and severity_id), and an event
// time that cannot be in milliseconds.
package ocsfschema
