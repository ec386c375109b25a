package own

import "strings"

// TrialParameter is a parameter of requests that are made to see whether they
// come by the audit log. API servers pass over what they do not know, and write
// the whole URI into the log; the code in the audit ID is about the URI, too, so
// nobody else can make such a request.
const TrialParameter = "lynceus-trial"

// IsTrial reports whether the URI of a request says that it is a trial. It
// proves nothing unless the audit ID does.
func IsTrial(uri string) bool { return strings.Contains(uri, TrialParameter+"=") }
