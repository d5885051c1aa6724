// Package products is the room of « Mon produit est-il soumis ? »: whether a
// product is under control of conformity, answered to anybody, and the list it
// is answered from, which the ministry in charge of industry publishes.
package products

import (
	"portal/infra"
	"portal/shared/people"
	"portal/shared/step"
)

// Steps lists the room's steps.
var Steps = []infra.Maker{
	checkProduct, listProducts, page,
	listControlLists, showControlList, downloadControlList, publishControlList, withdrawControlList,
}

type room struct{ infra.Ports }

// readGrants is what reading the list touches.
var readGrants = step.Grants{Dossiers: step.TableGrants{Read: []string{"control#"}}}

var officers = step.Roles(people.Ministry)

// lists is the path of the versions of the list.
const lists = "/api/products/control-lists"
