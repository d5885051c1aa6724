package conformity

import (
	"context"

	"portal/shared/conformity"
	"portal/shared/dossier"
	"portal/shared/forms"
)

// messageBody is the body of a request to the declarant.
type messageBody struct {
	Message string `json:"message"`
}

// answerBody is the declarant's answer to a request.
type answerBody struct {
	Documents []upload `json:"documents"`
	Text      string   `json:"text"`
}

// ask opens a request to the declarant.
func (c *change) ask(action dossier.Action, a conformity.Asked) {
	a.N, a.Action, a.At = c.N, action, c.Now
	c.Open = a.N
	c.Asked = append(c.Asked, a)
	c.Ops = append(c.Ops, askedPut(c.ID, a))
}

// askWithMessage is the whole decision of the two requests for documents.
func (c *change) askWithMessage(action dossier.Action, formName string, raw []byte) error {
	var body messageBody
	if err := forms.Decode("conformity/"+formName, raw, &body); err != nil {
		return err
	}
	c.Content.Reason = clean(body.Message)
	c.ask(action, conformity.Asked{Message: clean(body.Message)})
	return nil
}

// settle closes the open request with what answers it.
func (c *change) settle(edit func(*conformity.Asked)) {
	if open := c.OpenRequest(); open != nil {
		open.Answered = c.Now
		edit(open)
		c.Ops = append(c.Ops, askedPut(c.ID, *open))
	}
	c.Open = 0
}

// answerWithDocuments is the whole decision of the declarant's two answers:
// at least one PDF, and a text where the form has one.
func (r room) answerWithDocuments(ctx context.Context, c *change, formName, kind string, raw []byte) error {
	var body answerBody
	if err := forms.Decode("conformity/"+formName, raw, &body); err != nil {
		return err
	}
	names := make([]string, len(body.Documents))
	for i := range body.Documents {
		body.Documents[i].Kind = kind
		names[i] = clean(body.Documents[i].Name)
	}
	if err := r.addDocuments(ctx, c, "/documents", body.Documents); err != nil {
		return err
	}
	c.Content.Reason = clean(body.Text)
	c.Content.Details = map[string]any{"documents": names, "asked": c.Open}
	c.settle(func(a *conformity.Asked) { a.Text = clean(body.Text) })
	return nil
}
