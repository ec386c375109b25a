package process

import "hash/maphash"

const (
	// textPlaces is how many texts are remembered, maxText how long one is at most: they take 128 KiB together.
	textPlaces, maxText = 256, 512
)

// texts remembers texts that came lately, so that programs which run again and again share theirs.
type texts struct {
	seed   maphash.Seed
	places *[textPlaces]string
}

func newTexts() texts { return texts{maphash.MakeSeed(), new([textPlaces]string)} }

// of returns b as a string.
func (t *texts) of(b []byte) string {
	if len(b) > maxText {
		return string(b)
	}
	place := &t.places[maphash.Bytes(t.seed, b)%textPlaces]
	if *place != string(b) {
		*place = string(b)
	}
	return *place
}
