package infra_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"portal/infra"
)

var key = infra.Key{PK: "dossier#1", SK: "head"}

func checkOne(op infra.Op) ([]infra.Checked, error) {
	return infra.CheckWrite(infra.DossiersTable, []infra.Op{op})
}

func putJSON(value string) infra.Put { return infra.Put{Key: key, Value: json.RawMessage(value)} }

func TestNumbersAreHeldToWhatBothSidesKeep(t *testing.T) {
	for number, fits := range map[string]bool{
		"0": true, "-0.0": true, "0e999": true, "0.000": true,
		"12345678901234567890123456789012345678":      true,
		"123456789012345678901234567890123456789":     false,
		"1000000000000000000000000000000000000000000": true,
		"0.00000000000000000000000000000000000000001": true,
		"1.2345678901234567890123456789012345678":     true,
		"1.23456789012345678901234567890123456789":    false,
		"1e125": true, "9.99e125": true, "1e126": false, "10e125": false, "0.1e126": true, "123e123": true, "123e124": false,
		"1e-130": true, "1e-131": false, "0.1e-130": false, "1E+5": true, "1e99999999999999999999": false, "1e-99999999999999999999": false,
	} {
		_, err := checkOne(putJSON(`{"v":` + number + `}`))
		if fits && err != nil {
			t.Errorf("%s: %v", number, err)
		}
		if !fits && !errors.Is(err, infra.ErrLimit) {
			t.Errorf("%s: %v, want ErrLimit", number, err)
		}
	}
}

func TestSizeCountsAttributesAsTheTableDoes(t *testing.T) {
	const names = len("pk") + len("sk") + len("dossier#1") + len("head")
	for _, test := range []struct {
		name string
		put  infra.Put
		size int // of the row without the filler
	}{
		{"text", putJSON(`{"v":"%s"}`), names + 1},
		{"text beyond ASCII counts in bytes", putJSON(`{"v":"%s","w":"é"}`), names + 1 + 1 + 2},
		{"escapes count as what they mean", putJSON(`{"v":"%s","w":"\u003c\n"}`), names + 1 + 1 + 2},
		{"truth and null", putJSON(`{"v":"%s","a":true,"b":null}`), names + 1 + 2 + 2},
		{"numbers", putJSON(`{"v":"%s","a":1,"b":123456}`), names + 1 + 1 + 3 + 1 + 5},
		{"lists", putJSON(`{"v":"%s","a":["x","y"]}`), names + 1 + 1 + 3 + 2 + 2},
		{"objects", putJSON(`{"v":"%s","a":{"k":"y"}}`), names + 1 + 1 + 3 + 1 + 1 + 1},
		{"index keys", infra.Put{Key: key, Value: json.RawMessage(`{"v":"%s"}`), Index: map[string]infra.Key{"owner": {PK: "o", SK: "d"}}},
			names + 1 + len("owner_pk") + len("owner_sk") + 2},
		{"expiry", infra.Put{Key: key, Value: json.RawMessage(`{"v":"%s"}`), Expires: time.Unix(1, 0)}, names + 1 + len("ttl") + 6},
	} {
		t.Run(test.name, func(t *testing.T) {
			for extra, fits := range map[int]bool{0: true, 1: false} {
				filler := strings.Repeat("x", infra.MaxRowBytes-test.size+extra)
				put := test.put
				put.Value = json.RawMessage(strings.Replace(string(put.Value.(json.RawMessage)), "%s", filler, 1))
				if _, err := checkOne(put); (err == nil) != fits || (err != nil && !errors.Is(err, infra.ErrLimit)) {
					t.Errorf("a row of %d bytes over: %v", extra, err)
				}
			}
		})
	}
}

func TestCheckedOperationsAreReadyToStore(t *testing.T) {
	type verdict string
	put := infra.Put{Key: key, Value: struct {
		Version int     `json:"version"`
		Price   float64 `json:"price"`
	}{3, 1.5}, If: []infra.Cond{
		infra.Equals("verdict", verdict("ok")), infra.Equals("n", uint8(7)), infra.Equals("b", true),
		infra.Equals("at", time.Date(2026, 3, 14, 0, 0, 0, 0, time.UTC)), infra.Below("n", 9), infra.Absent(),
	}}
	checked, err := checkOne(put)
	if err != nil {
		t.Fatal(err)
	}
	if got := string(checked[0].Value); got != `{"version":3,"price":1.5}` {
		t.Errorf("value %s", got)
	}
	if checked[0].Attrs["version"] != json.Number("3") {
		t.Errorf("attributes %v", checked[0].Attrs)
	}
	var values []any
	for _, c := range checked[0].If {
		values = append(values, c.Value)
	}
	if got := fmt.Sprintf("%#v", values); got != `[]interface {}{"ok", 7, true, "2026-03-14T00:00:00Z", 9, interface {}(nil)}` {
		t.Errorf("condition values %s", got)
	}
	if put.If[0].Value != verdict("ok") {
		t.Error("the caller's conditions were changed")
	}
}

type strange struct{}

func (strange) Target() infra.Key { return key }

func TestNonsenseIsRefusedWithoutShowingKeys(t *testing.T) {
	secret := infra.Key{PK: "email#someone@example.com", SK: "-"}
	for name, ops := range map[string][]infra.Op{
		"nil":                 {nil},
		"unknown operation":   {strange{}},
		"pointer":             {&infra.Delete{Key: key}},
		"unknown condition":   {infra.Delete{Key: key, If: []infra.Cond{{Test: 99}}}},
		"unmarshallable":      {infra.Put{Key: key, Value: func() {}}},
		"nameless attribute":  {putJSON(`{"":1}`)},
		"nameless deep down":  {putJSON(`{"a":[{"":1}]}`)},
		"reserved":            {putJSON(`{"ttl":1}`)},
		"reserved in add":     {infra.Add{Key: key, Values: map[string]int64{"sk": 1}}},
		"reserved in cond":    {infra.Delete{Key: key, If: []infra.Cond{infra.Missing("pk")}}},
		"nameless cond":       {infra.Delete{Key: key, If: []infra.Cond{infra.Equals("", 1)}}},
		"null cond":           {infra.Delete{Key: key, If: []infra.Cond{infra.Equals("a", nil)}}},
		"list cond":           {infra.Delete{Key: key, If: []infra.Cond{infra.Equals("a", []int{1})}}},
		"below text":          {infra.Delete{Key: key, If: []infra.Cond{{Test: infra.AttrBelow, Attr: "a", Value: "b"}}}},
		"integer too large":   {infra.Delete{Key: key, If: []infra.Cond{infra.Equals("a", uint64(1<<63))}}},
		"two with one key":    {infra.Delete{Key: secret}, infra.Put{Key: secret, Value: struct{}{}}},
		"invalid UTF-8":       {infra.Delete{Key: infra.Key{PK: "\xff", SK: "-"}}},
		"other table's index": {infra.Put{Key: secret, Value: struct{}{}, Index: map[string]infra.Key{"people": {PK: "a", SK: "b"}}}},
	} {
		_, err := infra.CheckWrite(infra.DossiersTable, ops)
		if err == nil {
			t.Errorf("%s was accepted", name)
		} else if strings.Contains(err.Error(), "someone") {
			t.Errorf("%s: the error shows a key: %v", name, err)
		}
	}
}

func TestIndexesAreThoseOfTheTable(t *testing.T) {
	put := infra.Put{Key: key, Value: struct{}{}, Index: map[string]infra.Key{"owner": {PK: "a", SK: "b"}}}
	if _, err := infra.CheckWrite(infra.DossiersTable, []infra.Op{put}); err != nil {
		t.Errorf("dossiers: %v", err)
	}
	if _, err := infra.CheckWrite(infra.PeopleTable, []infra.Op{put}); err == nil {
		t.Error("people has no index owner")
	}
}

func TestQueryGetsItsDefaultLimit(t *testing.T) {
	q, err := infra.CheckQuery(infra.DossiersTable, infra.Query{PK: "a"})
	if err != nil || q.Limit != infra.DefaultPage {
		t.Errorf("limit %d, %v", q.Limit, err)
	}
	for name, bad := range map[string]infra.Query{
		"long prefix": {PK: "a", Prefix: strings.Repeat("x", 1025)},
		"broken from": {PK: "a", From: "\xff"},
		"long to":     {PK: "a", To: strings.Repeat("x", 1025)},
	} {
		if _, err := infra.CheckQuery(infra.DossiersTable, bad); !errors.Is(err, infra.ErrLimit) {
			t.Errorf("%s: %v, want ErrLimit", name, err)
		}
	}
}

func FuzzCheckWrite(f *testing.F) {
	f.Add(`{"v":1.5e3}`)
	f.Add(`{"v":[[{"a":null}]]}`)
	f.Fuzz(func(t *testing.T, value string) {
		checked, err := checkOne(putJSON(value))
		if err != nil {
			return
		}
		if !json.Valid(checked[0].Value) || checked[0].Attrs == nil {
			t.Errorf("accepted %q as %q", value, checked[0].Value)
		}
	})
}
