package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
)

// crashTransport carries a browser's requests to a handler.
type crashTransport struct{ http.Handler }

func (t crashTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	w := httptest.NewRecorder()
	t.ServeHTTP(w, r)
	return w.Result(), nil
}

func crashPartiesBody() crashBody {
	party := func(name, address, country string) crashBody {
		return crashBody{"name": name, "address": address, "country": country}
	}
	atlas := party("Atlas Équipements SARL", "12, boulevard Zerktouni, Casablanca", "MA")
	return crashBody{
		"importer": atlas, "payer": atlas,
		"exporter":     party("Ningbo Home Ltd", "88 Beilun Road, Ningbo", "CN"),
		"manufacturer": party("Yuyao Appliance Works", "5 Simen Street, Yuyao", "CN"),
	}
}

func crashInspectionBody() crashBody {
	return crashBody{
		"place": crashBody{"address": "88 Beilun Road, Ningbo", "country": "CN", "contact": "Li Wei", "wished_date": "2026-11-03"},
		"shipment": crashBody{
			"mode": "1", "loading_port": "CNNBG", "discharge_port": "MAPTM", "incoterm": "FOB",
			"invoice":    crashBody{"kind": "proforma", "number": "PI-0417", "date": "2026-08-19", "currency": "USD", "value": 48250.5},
			"containers": []string{"MSKU1234565"}, "departure": "2026-09-13", "arrival": "2026-10-11",
		},
	}
}

func crashGoodsBody() crashBody {
	var lines []crashBody
	for _, hs := range []string{"8516.10.00.90", "8516.20.00.90"} {
		lines = append(lines, crashBody{
			"hs": hs, "designation": "Appareil " + hs, "brand": "Maisonia", "reference": "MS-" + hs[:7],
			"origin": "CN", "quantity": 100, "unit": "C62", "value": 1850.25, "norm": "NM EN 60335-1",
		})
	}
	return crashBody{"lines": lines}
}

func crashVerdictsBody(verdicts ...string) crashBody {
	var list []crashBody
	for i, verdict := range verdicts {
		v := crashBody{"line": i + 1, "verdict": verdict}
		if verdict == "nonconforming" {
			v["text"] = fmt.Sprintf("Constat sur la ligne %d.", i+1)
		}
		list = append(list, v)
	}
	return crashBody{"verdicts": list}
}
