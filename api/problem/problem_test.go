package problem

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/lynceus-io/lynceus/internal/require"
	"github.com/lynceus-io/lynceus/kql"
	"github.com/lynceus-io/lynceus/kql/run"
	"github.com/lynceus-io/lynceus/kql/sql"
)

func TestOf(t *testing.T) {
	_, bad := kql.Compile("audit\n| where nope == 1", kql.Options{})
	tests := []struct {
		err  error
		code Code
		text string
	}{
		{fmt.Errorf("x: %w", New(NotFound, "no such thing")), NotFound, "no such thing"},
		{bad, BadQuery, "2:9:"},
		{fmt.Errorf("x: %w", &run.MemoryError{MaxBytes: 1 << 20}), LimitReached, "1 MB"},
		{kql.ErrTimeout, Timeout, "too long"},
		{fmt.Errorf("x: %w", &sql.LimitError{Limit: sql.LimitMemory, Text: "more than 7 MB", Err: errors.New("block on sda1")}), LimitReached, "7 MB"},
		{&sql.LimitError{Limit: sql.LimitTime, Text: "longer than 5s", Err: context.DeadlineExceeded}, Timeout, "5s"},
		{fmt.Errorf("x: %w", context.DeadlineExceeded), Timeout, "ask for less"},
		{context.Canceled, Canceled, "cancelled"},
		{errors.New("disk sda1 is on fire"), Internal, "see its log"},
	}
	for _, tt := range tests {
		p := Of(tt.err)
		if p.Code != tt.code || !strings.Contains(p.Error(), tt.text) || strings.Contains(p.Error(), "sda1") {
			t.Errorf("Of(%v) = %s: %v; want %s: %s", tt.err, p.Code, p, tt.code, tt.text)
		}
	}
}

// TestPageNamesEveryCode holds the table of docs/api.md to the codes.
func TestPageNamesEveryCode(t *testing.T) {
	page, err := os.ReadFile(filepath.Join(require.ModuleRoot(t), "docs", "api.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range Codes() {
		if row := fmt.Sprintf("| `%s` | %d |", c, c.Status()); !strings.Contains(string(page), row) {
			t.Errorf("docs/api.md has no row %s", row)
		}
	}
}
