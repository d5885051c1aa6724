package aws

import (
	"fmt"
	"strings"

	"portal/infra"
	"portal/shared/step"
)

// originSecret is the variable with the secret that CloudFront sends.
const originSecret = "ORIGIN_SECRET"

// environment reads the function's variables.
type environment func(name string) string

// must reads a variable that has no sensible default.
func (e environment) must(name string) (string, error) {
	if v := e(name); v != "" {
		return v, nil
	}
	return "", fmt.Errorf("aws: variable %s is not set", name)
}

func (e environment) settings() infra.Settings {
	return infra.Settings{
		BaseURL:     strings.TrimSuffix(e("BASE_URL"), "/"),
		Sender:      e("SENDER"),
		Assistance:  infra.Assistance{Phone: e("ASSISTANCE_PHONE"), Address: e("ASSISTANCE_ADDRESS")},
		SecureOnly:  true,
		Environment: e("ENVIRONMENT"),
	}
}

// Variables lists what must be set for a step, in a stable order. g is all that
// its function may touch, which for an HTTP step is more than its declaration
// says (reading the session).
func Variables(kind step.Kind, g step.Grants) []string {
	names := []string{"BASE_URL"}
	if kind == step.KindHTTP {
		names = append(names, originSecret)
	}
	if touches(g.People) {
		names = append(names, tableVariable(infra.PeopleTable))
	}
	if touches(g.Dossiers) {
		names = append(names, tableVariable(infra.DossiersTable))
	}
	if len(g.Files.Read)+len(g.Files.Write)+len(g.Files.Delete)+len(g.Files.Upload) > 0 {
		names = append(names, "BUCKET")
	}
	if g.Mail {
		names = append(names, "SENDER", "CONFIGURATION_SET")
	}
	for _, machine := range g.Start {
		names = append(names, MachineVariable(machine))
	}
	for _, purpose := range g.MAC {
		names = append(names, MACVariable(purpose))
	}
	return names
}

// MachineVariable is the variable that holds a state machine's ARN.
func MachineVariable(machine string) string { return "MACHINE_" + screaming(machine) + "_ARN" }

// MACVariable is the variable that holds the KMS key of a purpose.
func MACVariable(purpose string) string { return "MAC_KEY_" + screaming(purpose) }

func tableVariable(table string) string { return "TABLE_" + screaming(table) }

func screaming(name string) string {
	return strings.ToUpper(strings.NewReplacer("-", "_", "/", "_").Replace(name))
}

func touches(g step.TableGrants) bool { return len(g.Read)+len(g.Write)+len(g.Index) > 0 }
