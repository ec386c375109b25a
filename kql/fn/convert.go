package fn

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/lynceus-io/lynceus/kql/value"
)

func conversions() []*Func {
	to := func(name string, t value.Type) *Func {
		return lax(name, 1, 1, t, []param{anyArg}, func(_ *Context, args []value.Value) value.Value {
			return value.Convert(args[0], t)
		})
	}
	return []*Func{
		to("tostring", value.TypeString), to("toint", value.TypeInt), to("tolong", value.TypeLong),
		to("toreal", value.TypeReal), to("todecimal", value.TypeDecimal), to("tobool", value.TypeBool),
		to("todatetime", value.TypeDatetime), to("totimespan", value.TypeTimespan), to("toguid", value.TypeGuid),
		to("parse_json", value.TypeDynamic),
		lax("dynamic_to_json", 1, 1, value.TypeString, []param{anyArg}, dynamicToJSON),
		lax("tohex", 1, 2, value.TypeString, []param{whole}, toHex),
		lax("estimate_data_size", 1, -1, value.TypeLong, []param{anyArg}, dataSize),
		lax("format_bytes", 1, 3, value.TypeString, []param{number, whole, text}, formatBytes),
	}
}

// Aliases returns other names of functions, each with the declared one.
func Aliases() map[string]string {
	return map[string]string{
		"toboolean": "tobool", "todouble": "toreal", "tofloat": "toreal", "todynamic": "parse_json", "parsejson": "parse_json",
		"toobject": "parse_json", "iif": "iff", "notnull": "isnotnull", "notempty": "isnotempty",
		"extractjson": "extract_json", "array_strcat": "strcat_array", "pack": "bag_pack",
		"pack_dictionary": "bag_pack", "week_of_year": "weekofyear", "array_iif": "array_iff",

		"datepart": "datetime_part", "getmonth": "monthofyear",
	}
}

// dynamicToJSON writes bags with their keys sorted, so that equal ones have
// equal text.
func dynamicToJSON(_ *Context, args []value.Value) value.Value {
	return value.String(sorted(value.FromValue(args[0])).String())
}

func sorted(n *value.Node) *value.Node {
	if n == nil || n.Kind == value.NodeScalar {
		return n
	}
	out := &value.Node{Kind: n.Kind, Keys: slices.Clone(n.Keys)}
	slices.Sort(out.Keys)
	if n.Kind == value.NodeArray {
		for _, item := range n.Items {
			out.Items = append(out.Items, sorted(item))
		}
	}
	for _, k := range out.Keys {
		out.Items = append(out.Items, sorted(n.Member(k)))
	}
	return out
}

// toHex takes a number and the least number of digits.
func toHex(_ *Context, args []value.Value) value.Value {
	if args[0].Null {
		return value.String("")
	}
	s := strconv.FormatUint(uint64(args[0].Int), 16)
	if args[0].Type == value.TypeInt {
		s = strconv.FormatUint(uint64(uint32(args[0].Int)), 16)
	}
	if len(args) > 1 && args[1].Int > int64(len(s)) {
		s = strings.Repeat("0", int(min(args[1].Int, 16))-len(s)) + s
	}
	return value.String(s)
}

// dataSize gives the bytes that the arguments take when stored.
func dataSize(_ *Context, args []value.Value) value.Value {
	var n int64
	for _, v := range args {
		switch v.Type {
		case value.TypeBool:
			n++
		case value.TypeInt:
			n += 4
		case value.TypeDecimal, value.TypeGuid:
			n += 16
		case value.TypeString, value.TypeDynamic:
			n += int64(len(v.String()))
		default:
			n += 8
		}
	}
	return value.Long(n)
}

// formatBytes takes a size in bytes, how many decimal places to give, and the
// unit, which otherwise is the greatest that gives at least 1.
func formatBytes(_ *Context, args []value.Value) value.Value {
	units := []string{"Bytes", "KB", "MB", "GB", "TB", "PB", "EB"}
	if args[0].Null {
		return value.String("")
	}
	n, places, unit := float(args[0]), 0, 0
	if len(args) > 1 && !args[1].Null {
		places = int(min(max(args[1].Int, 0), 15))
	}
	if len(args) > 2 {
		if unit = slices.IndexFunc(units, func(u string) bool { return strings.EqualFold(u, str(args[2])) }); unit < 0 {
			return value.String("")
		}
		n /= math.Pow(1024, float64(unit))
	} else {
		for ; math.Abs(n) >= 1024 && unit < len(units)-1; unit++ {
			n /= 1024
		}
	}
	text := strconv.FormatFloat(n, 'f', places, 64)
	if strings.Contains(text, ".") {
		text = strings.TrimRight(strings.TrimRight(text, "0"), ".")
	}
	return value.String(text + " " + units[unit])
}
