// Package value holds the types and values of the Kusto query language and
// what they mean: how they compare, convert and print. The semantics are
// Kusto's, nulls included; nothing else in kql decides them again.
package value

// Type is a scalar type of Kusto.
type Type uint8

// The types. TypeNone is the type of nothing: an error, or a place where any
// type may stand.
const (
	TypeNone Type = iota
	TypeBool
	TypeInt      // 32 bits
	TypeLong     // 64 bits
	TypeReal     // 64-bit floating point
	TypeDecimal  // 128-bit decimal
	TypeString   // never null: absent is empty
	TypeDatetime // ticks of 100 ns since 1970-01-01 UTC, so that all of years 1 to 9999 fits
	TypeTimespan // ticks of 100 ns
	TypeGuid
	TypeDynamic // a JSON-like value: a scalar, an array or a property bag
)

var typeNames = [...]string{TypeNone: "none", TypeBool: "bool", TypeInt: "int", TypeLong: "long", TypeReal: "real", TypeDecimal: "decimal",
	TypeString: "string", TypeDatetime: "datetime", TypeTimespan: "timespan", TypeGuid: "guid", TypeDynamic: "dynamic"}

// String returns the type's name in the language.
func (t Type) String() string {
	if int(t) >= len(typeNames) {
		return "unknown"
	}
	return typeNames[t]
}

// ParseType returns the type of that name; the language's other names
// (boolean, date, time, double, int64, uniqueid, ...) are known too.
func ParseType(name string) (t Type, ok bool) {
	for t := TypeBool; int(t) < len(typeNames); t++ {
		if typeNames[t] == name {
			return t, true
		}
	}
	t, ok = otherNames[name]
	return t, ok
}

var otherNames = map[string]Type{
	"boolean": TypeBool, "int32": TypeInt, "int64": TypeLong, "double": TypeReal, "float": TypeReal,
	"date": TypeDatetime, "time": TypeTimespan, "uniqueid": TypeGuid, "uuid": TypeGuid,
}

// Numeric reports whether t is int, long, real or decimal.
func (t Type) Numeric() bool {
	return t == TypeInt || t == TypeLong || t == TypeReal || t == TypeDecimal
}
