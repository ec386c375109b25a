// Package exclude says which findings people do not want to be told of: an
// [Exclusion] names rules and a scope, a reason, an author and an end.
//
// A finding that an exclusion covers is made, counted and stored like any
// other; it is not told and joins no incident. What Lynceus itself stopped is
// always told. An exclusion ends by itself and the findings are told again.
//
// Whether a finding is covered is decided by [Set.Match] from the finding
// alone. A finding may stand for many requests of which it shows the first: a
// condition holds only where all of them are known to meet it, so that
// nobody hides behind a request that is excluded. [LookBack] shows what an
// exclusion would have covered before it is kept. Package store/exclusions
// keeps them.
package exclude
