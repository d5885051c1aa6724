package administration_test
import ("testing";"slices";"log/slog";"portal/functions/accounts";"portal/functions/administration";"portal/functions/mail";"portal/functions/conformity";"portal/functions/certificates";"portal/functions/portal";"portal/infra";"portal/infra/httpapi")
func TestZZ(t *testing.T){
 ports:=infra.Ports{}
 steps:=httpapi.Build(slices.Concat(accounts.Steps,administration.Steps,mail.Steps,conformity.Steps,certificates.Steps,portal.Steps),ports)
 a:=httpapi.New(steps,ports,slog.Default())
 b,err:=a.Describe(); if err!=nil{t.Fatal(err)}; t.Log(len(b))
 for _,s:=range steps { if s.Room()=="accounts"||s.Room()=="administration"||s.Room()=="mail" { t.Log(s.Name,s.Kind,s.Route.Method,s.Route.Path) } }
}
