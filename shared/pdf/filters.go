package pdf

import (
	"compress/flate"
	"encoding/ascii85"
	"io"
	"strings"
)

// maxFilters is how many filters may be chained on one stream.
const maxFilters = 8

// inflater keeps the decompressor's tables from one stream to the next.
type inflater struct{ reader io.ReadCloser }

// filter is one step of packing.
type filter struct {
	name       string
	parameters value // a dictionary or null
}

// decode undoes the filters of an object stream. Writers use Flate for it, bare or
// in ASCII; ok is false for others, and for data that is not perfectly sound:
// readers differ on where to stop in it.
func (f *file) decode(data string, dict value) (content string, ok bool) {
	filters, ok := f.filters(dict)
	if !ok {
		return "", false
	}
	if len(filters) == 0 {
		f.limits.unpack(len(data))
	}
	for _, filter := range filters {
		if data, ok = f.decodeOne(data, filter); !ok {
			return "", false
		}
	}
	return data, true
}

// filters lists a stream's filters with their parameters. Some readers accept the
// abbreviated keys of inline pictures.
func (f *file) filters(dict value) (all []filter, ok bool) {
	names, namesOK := f.settle(either(dict, "Filter", "F"))
	parameters, parametersOK := f.settle(either(dict, "DecodeParms", "DP"))
	if !namesOK || !parametersOK {
		return nil, false
	}
	switch {
	case names.kind == isNull:
		return nil, true
	case names.kind == isArray && len(names.items) > maxFilters:
		return nil, false
	case parameters.kind != isNull && (names.kind == isArray) != (parameters.kind == isArray):
		return nil, false // some readers would leave the parameters out
	case names.kind != isArray:
		return []filter{{names.text, parameters}}, true
	}
	for i, item := range names.items {
		name, nameOK := f.settle(item)
		var own value
		ownOK := true
		if i < len(parameters.items) {
			own, ownOK = f.settle(parameters.items[i])
		}
		if !nameOK || !ownOK {
			return nil, false
		}
		all = append(all, filter{name.text, own})
	}
	return all, true
}

func either(dict value, key, other string) value {
	if v := dict.get(key); v.kind != isNull {
		return v
	}
	return dict.get(other)
}

func (f *file) decodeOne(data string, filter filter) (content string, ok bool) {
	switch filter.name {
	case "FlateDecode", "Fl":
		content, ok = f.inflate(data)
		if !ok {
			return "", false
		}
		return f.unpredict(content, filter.parameters)
	case "ASCIIHexDecode", "AHx":
		content, ok = decodeHex(data)
	case "ASCII85Decode", "A85":
		content, ok = decode85(data)
	}
	f.limits.unpack(len(content))
	return content, ok && !f.limits.exceeded
}

// inflate decompresses zlib data (RFC 1950) as far as the limits allow. Its
// checksum is ignored, as readers do.
func (f *file) inflate(data string) (content string, ok bool) {
	if len(data) < 2 || data[0]&0x0F != 8 || data[1]&0x20 != 0 || (int(data[0])<<8|int(data[1]))%31 != 0 {
		return "", false
	}
	source := strings.NewReader(data[2:])
	if f.inflater.reader == nil {
		f.inflater.reader = flate.NewReader(source)
	} else if err := f.inflater.reader.(flate.Resetter).Reset(source, nil); err != nil {
		return "", false
	}
	var b strings.Builder
	n, err := io.Copy(&b, io.LimitReader(f.inflater.reader, int64(f.limits.unpacked)+1))
	f.limits.unpack(int(n))
	return b.String(), err == nil && !f.limits.exceeded
}

func decodeHex(data string) (content string, ok bool) {
	var b strings.Builder
	var high byte
	half := false
	for i := 0; i < len(data) && data[i] != '>'; i++ {
		c := data[i]
		if blank(c) {
			continue
		}
		if classes[c]&isHexDigit == 0 {
			return "", false
		}
		if half {
			b.WriteByte(high<<4 | hexDigit(c))
		}
		high, half = hexDigit(c), !half
	}
	if half {
		b.WriteByte(high << 4)
	}
	return b.String(), true
}

func decode85(data string) (content string, ok bool) {
	if end := strings.IndexByte(data, '~'); end >= 0 {
		data = data[:end]
	}
	decoded := make([]byte, len(data)/5*4+4*strings.Count(data, "z")+8)
	n, _, err := ascii85.Decode(decoded, []byte(data), true)
	return string(decoded[:n]), err == nil
}
