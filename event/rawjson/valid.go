package rawjson

// Valid checks that doc is one JSON value, nested no deeper than maxDepth (0:
// DefaultMaxDepth; at most HighestMaxDepth). It accepts what encoding/json
// does: strings need not be UTF-8. The error is a *SyntaxError.
func Valid(doc []byte, maxDepth int) error {
	_, rest, err := Cut(doc, maxDepth)
	if err == nil && len(rest) > 0 {
		return errorIn(doc, len(doc)-len(rest), msgTrailing)
	}
	return err
}

// Cut checks the first JSON value of doc as Valid does. It returns the value
// and what follows it, both without the white space around them.
func Cut(doc []byte, maxDepth int) (value, rest []byte, err error) {
	start := space(doc, 0)
	end, msg := check(doc, start, depthLimit(maxDepth))
	if msg != "" {
		return nil, nil, errorIn(doc, end, msg)
	}
	return doc[start:end], doc[space(doc, end):], nil
}
