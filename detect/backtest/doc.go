// Package backtest says what rules would have found in the past: how often,
// when, where and by whom, how that compares with what was found then, and
// what of it the exclusions in force would keep from being told.
package backtest
