package paper

import (
	"embed"
	"encoding/json"
	"sync"
	"time"
)

//go:embed testdata/catalogue.*.json
var catalogueFiles embed.FS

var catalogue = sync.OnceValue(func() map[string]map[string]string {
	texts := map[string]map[string]string{}
	for _, lang := range []string{"fr", "ar", "en"} {
		content, err := catalogueFiles.ReadFile("testdata/catalogue." + lang + ".json")
		if err != nil {
			panic(err)
		}
		var one map[string]string
		if err := json.Unmarshal(content, &one); err != nil {
			panic(err)
		}
		texts[lang] = one
	}
	return texts
})

func text(lang, key string) string { return catalogue()[lang][key] }

// certificate is a CoC with n lines of goods; every fourth has a reserve.
func certificate(n int) Document {
	casablanca := time.FixedZone("+01", 3600)
	return Document{
		Kind: COC, Text: text,
		Number: "COC-2026-004217-7K", DossierNumber: "BV-2026-1088", Route: "A",
		Issued:  time.Date(2026, 11, 21, 15, 4, 5, 0, casablanca),
		Expires: time.Date(2027, 2, 21, 0, 0, 0, 0, casablanca),
		Answer:  "Conforme avec réserve",
		Bureau:  Bureau{Code: "BV", Name: "Bureau Atlas Inspection"},
		Agent:   "Salma Bennani",
		Importer: Party{
			Name: "Société Marocaine d’Équipement Électrique S.A.R.L.", Address: "Lot 124, zone industrielle Sidi Maârouf\n20270 Casablanca", Country: "Maroc",
		},
		Exporter:     Party{Name: "Shenzhen Brightway Trading Co., Ltd.", Address: "Unit 2307, 88 Fuhua Road, Futian District, Shenzhen 518033", Country: "Chine"},
		Manufacturer: Party{Name: "Brightway Electric Appliance Factory", Address: "No. 9 Industrial Avenue, Zhongshan 528400", Country: "Chine"},
		Invoice:      Invoice{Number: "BW-26-118/A", Date: time.Date(2026, 9, 30, 0, 0, 0, 0, casablanca), Currency: "USD", Value: "1284650.75"},
		Shipment:     Shipment{Mode: "Maritime", PortOfLoading: "Shenzhen (CNSZX)", PortOfDischarge: "Tanger Med (MAPTM)", Incoterm: "FOB Shenzhen"},
		Lines:        lines(n),
		CheckURL:     "https://portail.example.ma/verification/COC-2026-004217-7K",
		Assistance:   []string{"Assistance : 05 20 47 31 00 · http://reclamation.portnet.ma/"},
	}
}

var goodsSamples = []Line{
	{HS: "8516.50.00.00", Designation: "Four à micro-ondes de table, 20 litres, 700 W", Brand: "Brightway", Reference: "BW-MW20P", Origin: "Chine", Quantity: "1200", Unit: "pièces", Norm: "NM EN 60335-2-25"},
	{HS: "8544.42.90.10", Designation: "Cordon d’alimentation moulé H05VV-F 3G 1,5 mm²", Brand: "Brightway", Reference: "C13-FR-1.8", Origin: "Chine", Quantity: "25000", Unit: "pièces", Norm: "NM EN 60799"},
	{HS: "9405.42.10.00", Designation: "مصباح كهربائي LED بقدرة 12 واط", Brand: "نور", Reference: "NR-12", Origin: "Chine", Quantity: "48000", Unit: "pièces", Norm: "NM EN 60598-1"},
	{HS: "8536.69.00.90", Designation: "Prise de courant murale 2P+T 16 A, encastrée, à obturateurs, blanche, lot de dix", Brand: "Volta & Fils", Reference: "P16-ENC", Origin: "Chine", Quantity: "9600.5", Unit: "kg", Norm: "NM 06.5.030"},
}

func lines(n int) []Line {
	goods := make([]Line, n)
	for i := range goods {
		goods[i] = goodsSamples[i%len(goodsSamples)]
		goods[i].N = i + 1
		goods[i].Verdict = Conforming
		if i%4 == 3 {
			goods[i].Verdict = Reserved
			goods[i].Remark = "Marquage de la tension nominale à compléter sur l’emballage avant la mise sur le marché."
		}
	}
	return goods
}

func report(n int) Document {
	d := certificate(n)
	d.Kind, d.Number, d.Expires = NCR, "NCR-2026-000318-4C", time.Time{}
	d.Answer = "Partiellement conforme avec réserve"
	d.CheckURL = "https://portail.example.ma/verification/NCR-2026-000318-4C"
	for i := range d.Lines {
		d.Lines[i].Verdict = NonConforming
		d.Lines[i].Remark = "Épreuve diélectrique non satisfaisante (NM EN 60335-1, 16.3) : claquage à 1 150 V au lieu de 3 000 V. Le rapport d’essai CB n° 26-771 couvre un autre modèle."
		if i%3 == 2 {
			d.Lines[i].Remark = "لا تحمل العينات علامة الجهد الاسمي (220 فولط) المنصوص عليها في المعيار NM EN 60598-1."
		}
	}
	return d
}

func letter(n int) Document {
	d := certificate(n)
	d.Kind, d.Number, d.Expires, d.Route = Letter, "", time.Time{}, ""
	d.Answer = "Non soumis"
	d.CheckURL = ""
	for i := range d.Lines {
		d.Lines[i].Verdict, d.Lines[i].Remark, d.Lines[i].Norm = NotSubject, "", ""
	}
	return d
}

func registration(n int) Document {
	d := certificate(n)
	d.Kind, d.Number, d.Route = SOR, "SOR-2026-000077-XA", "B"
	d.Expires = d.Issued.AddDate(1, 0, 0)
	d.Invoice, d.Shipment = Invoice{}, Shipment{}
	d.Answer = "Conforme"
	for i := range d.Lines {
		d.Lines[i].Verdict, d.Lines[i].Remark = Conforming, ""
	}
	return d
}
