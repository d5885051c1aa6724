package stack

import (
	"regexp"
	"strconv"
	"strings"
)

// parameter is a parameter of a room's template.
type parameter struct {
	Name, Type, Text string
	Secret           bool
}

// parameters are all that a room may need, in the order of the templates; the
// keys of purposes (MacKey…) follow them.
var parameters = []parameter{
	{Name: "Portal", Type: "String", Text: "Name of the deployment, with which every name starts"},
	{Name: "Domain", Type: "String", Text: "Host name of the site"},
	{Name: "OriginSecrets", Type: "String", Text: "What CloudFront sends to be let in; several, separated by commas, while one replaces another", Secret: true},
	{Name: "PeopleTable", Type: "String", Text: "Name of the table of people"},
	{Name: "PeopleStream", Type: "String", Text: "ARN of the stream of that table"},
	{Name: "DossiersTable", Type: "String", Text: "Name of the table of dossiers"},
	{Name: "DossiersStream", Type: "String", Text: "ARN of the stream of that table"},
	{Name: "Bucket", Type: "String", Text: "Name of the bucket of files"},
	{Name: "MailDomain", Type: "String", Text: "Domain that SES has verified"},
	{Name: "Sender", Type: "String", Text: "Address that mails come from"},
	{Name: "ConfigurationSet", Type: "String", Text: "SES configuration set that reports bounces and complaints"},
	{Name: "AssistancePhone", Type: "String", Text: "Telephone number of the help block"},
	{Name: "AssistanceAddress", Type: "String", Text: "Web address of the help block"},
	{Name: "LogDays", Type: "Number", Text: "Days for which logs are kept"},
	{Name: "Operators", Type: "String", Text: "ARN of the topic that tells the operators of alarms"},
}

const macPrefix = "MacKey"

// LogicalID is the name of a step's function in its room's template:
// AskComplement for conformity/ask_complement.
func LogicalID(step string) string {
	_, file, _ := strings.Cut(step, "/")
	return camel(file)
}

// FunctionName is the name of a step's function in the account, with the name
// of the deployment still to be filled in.
func FunctionName(step string) string { return "${Portal}-" + strings.ReplaceAll(step, "/", "-") }

// MachineName is the name of a state machine in the account. Names are fixed so
// that a function can be granted a machine that is made after it.
func MachineName(machine string) string { return "${Portal}-" + machine }

// KeyParameter is the parameter that holds the key of a purpose.
func KeyParameter(purpose string) string { return macPrefix + camel(purpose) }

func camel(name string) string {
	var b strings.Builder
	for _, word := range strings.FieldsFunc(name, func(r rune) bool { return r == '_' || r == '-' || r == '/' }) {
		b.WriteString(strings.ToUpper(word[:1]) + word[1:])
	}
	return b.String()
}

func screaming(name string) string {
	return strings.ToUpper(strings.NewReplacer("-", "_", "/", "_").Replace(name))
}

var harmless = regexp.MustCompile(`^[\pL][\pL\d ,.()/{}'’-]*$`)

// plain is a text as a YAML scalar, quoted where it must be.
func plain(text string) string {
	if harmless.MatchString(text) && !strings.HasSuffix(text, " ") {
		return text
	}
	return strconv.Quote(text)
}

// one is the only item of a list, or "": a list of one is written without dash.
func one(list []string) string {
	if len(list) == 1 {
		return list[0]
	}
	return ""
}

func quoted(list []string, suffix string) []string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = strconv.Quote(s + suffix)
	}
	return out
}
