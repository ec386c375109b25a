package syntax

import "strings"

// Nearest returns the name that word most likely stands for: the one at the
// least edit distance, without regard to case, if that is near enough; "" for
// none.
func Nearest(word string, names []string) string {
	if len(word) > maxSuggested {
		return ""
	}
	best, least := "", max(len(word)/3, 1)+1
	folded := strings.ToLower(word)
	for _, n := range names {
		if len(n) > maxSuggested || n == word {
			continue
		}
		d := distance(folded, strings.ToLower(n))
		if d < least {
			best, least = n, d
		}
	}
	return best
}

// DidYouMean returns the suggestion for word among names, in words; "" for
// none.
func DidYouMean(word string, names []string) string {
	if n := Nearest(word, names); n != "" {
		return "did you mean " + n + "?"
	}
	return ""
}

// maxSuggested bounds the length of names that are compared.
const maxSuggested = 64

// distance is how many characters must be inserted, removed, replaced or
// swapped with their neighbour to make b of a.
func distance(a, b string) int {
	var rows [3][maxSuggested + 1]int
	before, last, row := &rows[0], &rows[1], &rows[2]
	for j := range len(b) + 1 {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}
