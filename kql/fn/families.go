package fn

// families are the functions by what they are about.
func families() [][]*Func {
	return [][]*Func{
		comparisons(), logic(), arithmetic(), terms(), conversions(), stringFuncs(), regexFuncs(), timeFuncs(), timeFormats(),
		dynamics(), arrays(), sets(), bags(), mathFuncs(), bitFuncs(), hashFuncs(), ipv4Funcs(), ipv6Funcs(),
		parsers(), encodings(), seriesFuncs(), units(), searches(), windows(),
	}
}
