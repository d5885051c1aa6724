package conformity

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"sync"

	"portal/shared/dossier"
)

//go:embed policy.json
var policyFile []byte

// Policy is what a bureau's practice asks of one kind of request, as data.
type Policy struct {
	Review    dossier.Lane `json:"review"`
	Documents []string     `json:"documents"` // kinds required at deposit
}

var policies = sync.OnceValue(func() map[string]Policy {
	var file struct {
		Requests map[string]Policy `json:"requests"`
	}
	if err := json.Unmarshal(policyFile, &file); err != nil {
		panic(fmt.Sprintf("conformity: policy.json: %v", err)) // compiled in: a broken build
	}
	return file.Requests
})

// PolicyOf is the policy of what is asked for: of a CoC by its route, of a
// statement by its type where there is one of its own. The policy of a request
// that does not say yet is that of route A.
func PolicyOf(o Object) Policy {
	for _, key := range []string{o.Object + "/" + o.Route, o.Object + "/" + o.Type, o.Object} {
		if p, ok := policies()[key]; ok {
			return p
		}
	}
	return policies()["coc/A"]
}
