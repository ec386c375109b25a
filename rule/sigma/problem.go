package sigma

import "github.com/lynceus-io/lynceus/rule"

// Problem says what is wrong with a document, or what in it is not supported.
// Its Feature is a part of Sigma or of the lynceus block.
type Problem = rule.Problem
