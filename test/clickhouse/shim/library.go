package main

import (
	"fmt"

	"github.com/ebitengine/purego"
)

// library is the C interface of libchdb.so, as far as the shim needs it. Pointers that only the library reads are
// uintptr: they are handed back, never followed.
type library struct {
	setSignalHandlers func(enabled int32)
	connect           func(argc int32, argv **byte) uintptr
	closeConn         func(conn uintptr)

	query           func(conn uintptr, query *byte, queryLen uintptr, format *byte, formatLen uintptr) uintptr
	queryWithParams func(conn uintptr, query *byte, queryLen uintptr, format *byte, formatLen uintptr,
		names **byte, nameLens *uintptr, values **byte, valueLens *uintptr, count uintptr) uintptr

	insert        func(conn uintptr, query *byte, queryLen uintptr, format *byte, formatLen uintptr) uintptr
	insertError   func(stream uintptr) string
	insertAppend  func(stream uintptr, data *byte, n uintptr) int32
	insertDone    func(stream uintptr) uintptr
	insertDestroy func(stream uintptr)

	resultBuffer      func(result uintptr) uintptr
	resultLength      func(result uintptr) uintptr
	resultError       func(result uintptr) string
	resultRowsRead    func(result uintptr) uint64
	resultBytesRead   func(result uintptr) uint64
	resultRowsWritten func(result uintptr) uint64
	resultDestroy     func(result uintptr)

	// memcpy is libc's: it copies what the library owns into a slice of ours without package unsafe.
	memcpy func(dst *byte, src, n uintptr) uintptr
}

// loadLibrary opens libchdb.so. It is never closed: the engine's threads live as long as the process.
func loadLibrary(path string) (*library, error) {
	handle, err := purego.Dlopen(path, purego.RTLD_NOW|purego.RTLD_GLOBAL)
	if err != nil {
		return nil, fmt.Errorf("load %s: %w", path, err)
	}
	lib := &library{}
	for name, fn := range map[string]any{
		"chdb_set_signal_handlers_enabled": &lib.setSignalHandlers,
		"chdb_connect":                     &lib.connect,
		"chdb_close_conn":                  &lib.closeConn,
		"chdb_query_n":                     &lib.query,
		"chdb_query_with_params_n":         &lib.queryWithParams,
		"chdb_stream_insert_n":             &lib.insert,
		"chdb_stream_insert_error":         &lib.insertError,
		"chdb_stream_append":               &lib.insertAppend,
		"chdb_stream_done":                 &lib.insertDone,
		"chdb_destroy_insert_stream":       &lib.insertDestroy,
		"chdb_result_buffer":               &lib.resultBuffer,
		"chdb_result_length":               &lib.resultLength,
		"chdb_result_error":                &lib.resultError,
		"chdb_result_storage_rows_read":    &lib.resultRowsRead,
		"chdb_result_storage_bytes_read":   &lib.resultBytesRead,
		"chdb_result_rows_written":         &lib.resultRowsWritten,
		"chdb_destroy_query_result":        &lib.resultDestroy,
	} {
		symbol, err := purego.Dlsym(handle, name)
		if err != nil {
			return nil, fmt.Errorf("%s has no %s: another version than the one pinned in package.json: %w", path, name, err)
		}
		purego.RegisterFunc(fn, symbol)
	}
	memcpy, err := purego.Dlsym(purego.RTLD_DEFAULT, "memcpy")
	if err != nil {
		return nil, fmt.Errorf("find memcpy: %w", err)
	}
	purego.RegisterFunc(&lib.memcpy, memcpy)
	return lib, nil
}
