package bench

import (
	"fmt"
	"math/rand/v2"
)

// random is a source of choices that are the same for the same seed.
type random struct{ *rand.Rand }

func newRandom(seed uint64) random { return random{rand.New(rand.NewPCG(seed, 0x4c796e63657573))} }

// chance is true in one of n cases.
func (r random) chance(n int) bool { return r.IntN(n) == 0 }

func pick[T any](r random, list []T) T { return list[r.IntN(len(list))] }

// skewed picks early entries more often, as names of real clusters are used.
func skewed[T any](r random, list []T) T {
	return list[min(r.IntN(len(list)), r.IntN(len(list)))]
}

// tag returns n letters and digits, as Kubernetes puts behind generated names.
func (r random) tag(n int) string {
	const letters = "bcdfghjklmnpqrstvwxz2456789"
	b := make([]byte, n)
	for i := range b {
		b[i] = letters[r.IntN(len(letters))]
	}
	return string(b)
}

// names returns n names made of two words and a number.
func (r random) names(n int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = fmt.Sprintf("%s-%s", pick(r, words), pick(r, words))
		if r.chance(2) {
			out[i] += fmt.Sprintf("-%d", i)
		}
	}
	return out
}

var words = []string{
	"shop", "cart", "pay", "user", "auth", "search", "mail", "report", "ledger", "stock", "fraud", "media", "queue", "cache", "edge", "data", "train", "model",
	"front", "back", "core", "batch", "stream", "audit", "price", "order", "label", "route", "geo", "chat", "video", "image", "notify", "session", "token", "vault",
}
