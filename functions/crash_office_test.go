package main

import (
	"net/http"
	"strconv"
	"strings"

	"portal/shared/people"
)

// crashOffice is a morning in the bureau: many dossiers given to one agent,
// lists asked for as files, filters saved.
func crashOffice() []crashDeed {
	deeds := crashCalmly(append(crashDraft("D5", "BV"), crashDraft("D6", "BV")...))
	deeds = append(deeds, crashStep(crashYasmine, "D5", "deposits", nil).calmly(), crashStep(crashYasmine, "D6", "deposits", nil).calmly(),
		crashAssignsMany("D5", "D1", "D6"),
		crashWants(crashBody{"format": "csv", "list": "bureau"}),
		crashWants(crashBody{"format": "xlsx", "list": "bureau", "view": "new"}),
		crashWants(crashBody{"format": "csv", "list": "bureau"}).unheard(), crashLater("conformity/resume_exports"),
	)
	filter := crashBody{"name": "En attente", "list": "bureau", "status": "awaiting_evaluation"}
	return append(deeds,
		crashAsks(crashSalma, "PUT /api/conformity/filters", filter, http.StatusOK).quiet(),
		crashAsks(crashSalma, "DELETE /api/conformity/filters/"+people.Hash("en attente")[:16], nil, http.StatusNoContent, http.StatusNotFound).quiet(),
		crashStep(crashYasmine, "D5", "cancellations", crashBody{"reason": "Erreur."}).calmly(),
		crashStep(crashYasmine, "D6", "cancellations", crashBody{"reason": "Erreur."}).calmly())
}

// crashWants asks for a list as a file, which is made whatever dies.
func crashWants(body crashBody) crashDeed {
	return crashAsks(crashSalma, "POST /api/conformity/exports", body, http.StatusAccepted)
}

// crashAssignsMany gives dossiers to Omar at the versions they have.
func crashAssignsMany(dossiers ...string) crashDeed {
	return crashDeed{name: "POST assignments", bells: crashAllBells, do: func(s *crashStage) error {
		var list []crashBody
		for _, mark := range dossiers {
			version, err := strconv.Atoi(strings.Trim(s.tag("/api/conformity/dossiers/"+s.marks[mark]), `"`))
			if err != nil {
				return err
			}
			list = append(list, crashBody{"id": "{" + mark + "}", "version": version})
		}
		_, err := s.ask(crashRequest{by: crashSalma, method: http.MethodPost, path: "/api/conformity/assignments",
			body: crashBody{"agent": crashOmar, "dossiers": list}, want: http.StatusOK})
		return err
	}}
}
