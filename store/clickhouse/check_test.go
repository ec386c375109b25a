package clickhouse

import (
	"errors"
	"strconv"
	"strings"
	"testing"
)

func checkError(t *testing.T, what string, err error, want string) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("%s: error %v, want one that says %q", what, err, want)
		return
	}
	if strings.Contains(err.Error(), "secret") {
		t.Errorf("%s: the error shows the password: %v", what, err)
	}
}

func checkKind(t *testing.T, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("error %v, want %v", err, want)
	}
	if err != nil && strings.Contains(err.Error(), "secret") {
		t.Errorf("the error shows the password: %v", err)
	}
}

func itoa(n int) string { return strconv.Itoa(n) }
