// Package literals finds which of many literal texts a text is equal to,
// starts with, ends with or contains, in one pass whose cost hardly grows with
// the number of literals.
//
// Equal, starting and ending literals stand in hash tables; the starts and
// ends of a text are looked up only in lengths that literals have. For
// containment every literal is known by one of its four-byte parts, chosen to
// be rare; a text's own parts are held against a bitmap of those. Texts are
// compared byte by byte: the caller folds case on both sides if he wants it
// ignored.
package literals
