package administration

import (
	"context"
	"errors"

	"portal/functions/accounts/registry"
	"portal/infra"
	"portal/shared/people"
	"portal/shared/reference"
)

// Ministry is the id of the ministry in charge of industry.
const Ministry = "ministry"

// foundBodies makes the organisations that a portal cannot be without: its own,
// the ministry in charge of industry, the customs administration and the
// inspection bureaux. Those that are there stay as they are.
func (r room) foundBodies(ctx context.Context) error {
	bodies := []people.Organisation{
		{ID: Portal, Kind: people.Operated, Name: "Portail du commerce extérieur"},
		{ID: Ministry, Kind: people.Department, Name: "Ministère chargé de l'industrie"},
		{ID: Customs, Kind: people.CustomsAdministration, Name: "Administration des douanes et impôts indirects"},
	}
	for _, b := range reference.Bureaux() {
		bodies = append(bodies, people.Organisation{ID: registry.BureauID(b.Code), Kind: people.Bureau, Name: b.Name, Bureau: b.Code})
	}
	for _, o := range bodies {
		if err := r.found(ctx, o); err != nil {
			return err
		}
	}
	return nil
}

// found makes an organisation unless it is there.
func (r room) found(ctx context.Context, o people.Organisation) error {
	o.Created = r.Clock.Now()
	err := r.People.Write(ctx, registry.Found(o)...)
	if errors.Is(err, infra.ErrConditionFailed) {
		return nil
	}
	return err
}
