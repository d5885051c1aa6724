package main

import "net/http"

// crashOfficer publishes the lists of the story.
const crashOfficer = "demo-driss"

// crashLists publishes two versions of the list of products under control and
// withdraws one.
func crashLists() []crashDeed {
	list := func(version, day string) crashBody {
		names := crashBody{"fr": "Appareils électrothermiques"}
		return crashBody{"version": version, "in_force": day, "source": "Arrêté", "entries": []crashBody{
			{"hs": "8516", "control": "origin", "family": "electrical", "names": names}, {"hs": "9405", "control": "none", "names": names},
		}}
	}
	const lists = "POST /api/products/control-lists"
	return []crashDeed{
		crashAsks(crashOfficer, lists, list("2027-1", "2027-03-01"), http.StatusCreated).quiet(),
		crashAsks(crashOfficer, lists, list("2027-2", "2027-04-01"), http.StatusCreated).quiet(),
		crashAsks(crashOfficer, lists+"/2027-2/withdrawals", crashBody{"reason": "Une coquille."}, http.StatusOK).quiet(),
	}
}
