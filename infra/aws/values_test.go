package aws

import (
	"bytes"
	"encoding/json"
	"math/big"
	"reflect"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"pgregory.net/rapid"

	"portal/infra"
)

// There and back again, every JSON object keeps its meaning.
func TestValuesKeepTheirMeaning(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		object := rapid.MapOfN(rapid.StringMatching(`[a-zé_]{1,8}`), anyJSON(3), 0, 6).Draw(r, "object")
		item, err := attributes(object)
		if err != nil {
			r.Fatal(err)
		}
		key := infra.Key{PK: "dossier#1", SK: "é"}
		for name, v := range keyItem(key) {
			item[name] = v
		}
		item["owner_pk"], item["owner_sk"], item[infra.ExpiryAttr] = text("o"), text("p"), number(7)
		row, err := rowOf(infra.DossiersTable, item)
		if err != nil || row.Key != key {
			r.Fatalf("row %v, %v", row.Key, err)
		}
		if got := decoded(r, row.Value); !reflect.DeepEqual(got, any(object)) {
			r.Fatalf("%#v came back as %#v", object, got)
		}
	})
}

func anyJSON(depth int) *rapid.Generator[any] {
	leaves := []*rapid.Generator[any]{
		rapid.Just[any](nil), rapid.Just[any](true), rapid.Just[any](false),
		rapid.String().Filter(func(s string) bool { return strings.ToValidUTF8(s, "") == s }).AsAny(),
		rapid.Custom(func(r *rapid.T) json.Number {
			return json.Number(rapid.StringMatching(`-?(0|[1-9][0-9]{0,30})(\.[0-9]{0,6}[1-9])?(e-?[1-9][0-9]?)?`).Draw(r, "number"))
		}).AsAny(),
	}
	if depth > 0 {
		leaves = append(leaves,
			rapid.SliceOfN(anyJSON(depth-1), 0, 3).AsAny(),
			rapid.MapOfN(rapid.StringMatching(`[a-z]{1,3}`), anyJSON(depth-1), 0, 3).AsAny())
	}
	return rapid.OneOf(leaves...)
}

func decoded(r *rapid.T, raw []byte) any {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		r.Fatal(err)
	}
	return v
}

func TestNumbersAreNeverFloatingPoint(t *testing.T) {
	for _, written := range []string{"0", "-7", "9223372036854775807", "0.1", "12345678901234567890123456789012345678", "1E+20", "+5"} {
		row, err := rowOf(infra.DossiersTable, map[string]types.AttributeValue{"v": &types.AttributeValueMemberN{Value: written}})
		if err != nil {
			t.Fatal(err)
		}
		var got struct{ V json.Number }
		if err := row.Decode(&got); err != nil {
			t.Fatalf("%s: %v", written, err)
		}
		a, _ := new(big.Rat).SetString(written)
		if b, ok := new(big.Rat).SetString(got.V.String()); !ok || a.Cmp(b) != 0 {
			t.Errorf("%s came back as %s", written, got.V)
		}
	}
}

func TestWhatJSONCannotSayIsAnError(t *testing.T) {
	for _, v := range []types.AttributeValue{
		&types.AttributeValueMemberB{Value: []byte{1}}, &types.AttributeValueMemberSS{Value: []string{"a"}},
		&types.AttributeValueMemberL{Value: []types.AttributeValue{&types.AttributeValueMemberNS{Value: []string{"1"}}}},
		&types.AttributeValueMemberM{Value: map[string]types.AttributeValue{"x": &types.AttributeValueMemberB{}}},
		&types.AttributeValueMemberN{Value: "NaN"},
	} {
		if row, err := rowOf(infra.DossiersTable, map[string]types.AttributeValue{"v": v}); err == nil {
			t.Errorf("%T came back as %s", v, row.Value)
		}
	}
	if _, err := attribute(3.14); err == nil {
		t.Error("a floating-point number was stored")
	}
}
