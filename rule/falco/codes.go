package falco

// Codes of problems, as Falco's own loader calls them
// (https://falco.org/docs/concepts/rules/).
const (
	codeYAML      = "LOAD_ERR_YAML_PARSE"
	codeForm      = "LOAD_ERR_YAML_VALIDATE"
	codeItem      = "LOAD_ERR_VALIDATE"
	codeCondition = "LOAD_ERR_COMPILE_CONDITION"
	codeOutput    = "LOAD_ERR_COMPILE_OUTPUT"

	codeUnknownSource = "LOAD_UNKNOWN_SOURCE"
	codeUnsafeNA      = "LOAD_UNSAFE_NA_CHECK"
	codeNoEventType   = "LOAD_NO_EVTTYPE"
	codeUnknownFilter = "LOAD_UNKNOWN_FILTER"
	codeUnusedMacro   = "LOAD_UNUSED_MACRO"
	codeUnusedList    = "LOAD_UNUSED_LIST"
	codeUnknownItem   = "LOAD_UNKNOWN_ITEM"
	codeUnknownKey    = "LOAD_UNKNOWN_KEY"
	codeDeprecated    = "LOAD_DEPRECATED_ITEM"
	codeNoValues      = "LOAD_APPEND_NO_VALUES"
	codeTwice         = "LOAD_EXCEPTION_NAME_NOT_UNIQUE"
	codeMacroName     = "LOAD_INVALID_MACRO_NAME"
	codeListName      = "LOAD_INVALID_LIST_NAME"
)
