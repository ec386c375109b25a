package cases

import (
	"cmp"
	"context"
	"crypto/rand"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/lynceus-io/lynceus/store/state"
)

// maxComments bounds the comments of one incident.
const maxComments = 500

// Comment is what somebody wrote about an incident. It is never changed.
type Comment struct {
	ID   string    `json:"id"`
	Time time.Time `json:"time"`
	By   string    `json:"by"`
	Text string    `json:"text"`
}

// Comment adds a comment in the name of by. The error wraps ErrInvalid where
// it is empty, too long or one too many.
func (b *Book) Comment(ctx context.Context, incident, text, by string) (Comment, error) {
	text = strings.TrimSpace(text)
	err := checkText("the comment", text, maxComment, true)
	switch {
	case text == "":
		err = fmt.Errorf("the comment is empty")
	case by == "":
		err = fmt.Errorf("say who comments")
	}
	if err != nil {
		return Comment{}, fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	there, err := b.Comments(ctx, incident)
	if err != nil {
		return Comment{}, err
	}
	if len(there) >= maxComments {
		return Comment{}, fmt.Errorf("%w: it has %d comments, as many as an incident may have", ErrInvalid, maxComments)
	}
	c := Comment{ID: "c-" + strings.ToLower(rand.Text()[:10]), By: by, Text: text, Time: b.now().UTC()}
	key := state.Key(incident, c.ID)
	if _, err := b.comments.Put(ctx, key, []byte(text), state.Absent, by); err != nil {
		return Comment{}, err
	}
	return c, nil
}

// Comments returns the comments on an incident, the oldest first.
func (b *Book) Comments(ctx context.Context, incident string) ([]Comment, error) {
	entries, err := b.comments.List(ctx, state.Key(incident))
	if err != nil {
		return nil, err
	}
	slices.SortFunc(entries, func(x, y state.Entry) int { return cmp.Compare(x.Revision, y.Revision) })
	var out []Comment
	for _, e := range entries {
		words, err := state.SplitKey(e.Key)
		if err != nil || len(words) != 2 {
			b.damage(fmt.Errorf("comment %s has no key of ours: %w", e.Key, state.ErrKey))
			continue
		}
		out = append(out, Comment{ID: words[1], Time: e.Time.UTC(), By: e.By, Text: string(e.Value)})
	}
	return out, nil
}
