// Package load reads rule files of every language that Lynceus understands and
// tells the languages apart by what is in a file.
package load

import (
	"strings"

	"github.com/lynceus-io/lynceus/rule"
	"github.com/lynceus-io/lynceus/rule/falco"
	"github.com/lynceus-io/lynceus/rule/files"
	"github.com/lynceus-io/lynceus/rule/sigma"
)

// Result is what a set of files became.
type Result struct {
	// Rules can be run: those of Sigma documents first, each language's in the
	// order of the files. A Falco rule that reads several tables stands here
	// once for each, with one id.
	Rules []*rule.Rule
	// Compiled are the rules of Unsupported that are sound all the same; only
	// what they ask for is not there. They have no place in a rule set.
	Compiled []*rule.Rule
	// Unsupported names what keeps sound rules from being run, Errors what is
	// broken, Warnings what runs, though perhaps not as it was meant.
	Unsupported, Errors, Warnings []*rule.Problem
	// Documents counts Sigma's documents and Falco's rules.
	Documents int
}

// Load reads rules from trees of files. A file that is a list is Falco's, any
// other Sigma's; one with nothing in it is an error where no file is Falco's,
// who has such files. Files of one language may refer to each other, those of
// Falco to earlier ones only.
func Load(trees ...files.Tree) *Result {
	texts, errs := files.Read(trees...)
	r := Texts(texts...)
	r.Errors = append(errs, r.Errors...)
	return r
}

// Texts is Load of files that are in memory already.
func Texts(texts ...files.File) *Result {
	var ofFalco, ofSigma, empty []files.File
	for _, f := range texts {
		switch {
		case falco.Is(f.Text):
			ofFalco = append(ofFalco, f)
		case strings.TrimSpace(f.Text) == "":
			empty = append(empty, f)
		default:
			ofSigma = append(ofSigma, f)
		}
	}
	if len(ofFalco) == 0 {
		ofSigma = append(ofSigma, empty...)
	}
	s := sigma.ParseFiles(sigma.Options{}, ofSigma...)
	r := &Result{Rules: s.Rules, Compiled: s.Compiled, Unsupported: s.Unsupported, Errors: s.Errors, Documents: s.Documents}
	if len(ofFalco) > 0 {
		r.add(falco.ParseFiles(ofFalco...))
	}
	return r
}

func (r *Result) add(f *falco.Result) {
	r.Rules, r.Compiled = append(r.Rules, f.Rules...), append(r.Compiled, f.Compiled...)
	r.Unsupported, r.Errors = append(r.Unsupported, f.Unsupported...), append(r.Errors, f.Errors...)
	r.Warnings = append(r.Warnings, f.Warnings...)
	r.Documents += f.Items
}
