package fn

import "slices"

// Family is functions, or aggregates, that are about one thing.
type Family struct {
	Title string
	Names []string // in order, without other names of the same
}

// family is a Family with its functions.
type family struct {
	title string
	funcs []*Func
}

// families are the functions by what they are about.
func families() []family {
	return []family{
		{"comparisons", comparisons()}, {"logic", logic()}, {"arithmetic", arithmetic()}, {"text in text", terms()}, {"conversions", conversions()},
		{"texts", stringFuncs()}, {"regular expressions", regexFuncs()}, {"times", timeFuncs()}, {"forms of times", timeFormats()},
		{"dynamic values", dynamics()}, {"arrays", arrays()}, {"sets", sets()}, {"bags", bags()}, {"mathematics", mathFuncs()}, {"bits", bitFuncs()},
		{"hashes", hashFuncs()}, {"IPv4", ipv4Funcs()}, {"IPv6", ipv6Funcs()}, {"parsers", parsers()}, {"encodings", encodings()},
		{"series", seriesFuncs()}, {"units", units()}, {"search", searches()}, {"rows in an order", windows()},
	}
}

// Families returns the functions and operators of values by what they are
// about.
func Families() []Family {
	var out []Family
	for _, f := range families() {
		named := Family{Title: f.title}
		for _, g := range f.funcs {
			named.Names = append(named.Names, g.Name)
		}
		slices.Sort(named.Names)
		out = append(out, named)
	}
	return out
}
