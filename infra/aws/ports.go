package aws

import (
	"time"

	"portal/infra"
)

// Ports is every port on AWS. It builds no client and asks nothing of the
// network: that waits for the first use of each port. getenv is os.Getenv, or a
// test's own; the package documentation lists what it is asked.
func Ports(getenv func(string) string) infra.Ports {
	env := environment(getenv)
	c := newClients(env)
	return infra.Ports{
		People:     newTable(infra.PeopleTable, env, c),
		Dossiers:   newTable(infra.DossiersTable, env, c),
		Files:      &files{env: env, client: c.s3},
		Mail:       &mail{env: env, client: c.ses, now: time.Now},
		Executions: &executions{env: env, client: c.sfn},
		MAC:        &mac{env: env, client: c.kms},
		Clock:      clock{},
		IDs:        ids{},
		Settings:   env.settings(),
	}
}
