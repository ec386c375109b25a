// Package foreign is what the documents of other people's tools have in
// common: how they are told apart by their content, and how they become rows.
//
// Each tool has a package of its own beside this one, with a [Format]. A
// document becomes rows of the same tables as what Lynceus sees itself, each
// with the document as raw_data and the tool as metadata.log_provider; what a
// tool warns of becomes a row of table alert as well.
//
// A document is redacted before a Format sees it.
package foreign
