//go:build !linux

package require

import "errors"

func tryBPF() error { return errors.New("this is not Linux") }
