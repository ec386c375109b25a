package event

// Search says how people look for a field's values. It is what stores index
// by: filters of whole values, filters of parts of texts, and which equalities
// a query is rewritten for. Other conditions are answered all the same, by
// reading more.
type Search uint8

// The ways of looking for a value; they can be joined with |.
const (
	// SearchExact is by one exact value: identities, addresses, hashes, names
	// of users, pods and hosts.
	SearchExact Search = 1 << iota
	// SearchFolded is by one value in any case: names, hashes, credentials.
	// Such a field is SearchExact too.
	SearchFolded
	// SearchPart is by a part of the text: command lines, paths, URIs, names of
	// hosts, documents.
	SearchPart
)

// Has reports whether s has all of what.
func (s Search) Has(what Search) bool { return s&what == what }
