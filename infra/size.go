package infra

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
)

// sizeOf is the size of a value as DynamoDB counts it ("Item sizes and
// formats"), numbers rounded up.
func sizeOf(v any, depth int) (int, error) {
	if depth > MaxDepth {
		return 0, fmt.Errorf("nested deeper than %d: %w", MaxDepth, ErrLimit)
	}
	switch v := v.(type) {
	case string:
		return len(v), nil
	case json.Number:
		return sizeOfNumber(v)
	case []any:
		size := 3
		for _, item := range v {
			bytes, err := sizeOf(item, depth+1)
			if err != nil {
				return 0, err
			}
			size += 1 + bytes
		}
		return size, nil
	case map[string]any:
		size := 3
		for name, item := range v {
			if name == "" {
				return 0, errors.New("a nested attribute without a name")
			}
			bytes, err := sizeOf(item, depth+1)
			if err != nil {
				return 0, err
			}
			size += 1 + len(name) + bytes
		}
		return size, nil
	}
	return 1, nil // null, true, false
}

func sizeOfNumber(n json.Number) (int, error) {
	digits, exponent := significant(n)
	if digits > MaxDigits || exponent > 125 || exponent < -130 {
		return 0, fmt.Errorf("number of %d digits, 10^%d: %w", digits, exponent, ErrLimit)
	}
	return (digits+1)/2 + 2, nil
}

// significant counts a JSON number's digits without leading and trailing
// zeros, and gives the power of ten of the first one.
func significant(n json.Number) (digits, exponent int) {
	first, last, point, place := -1, -1, -1, 0
	power := 0
	for i := 0; i < len(n); i++ {
		switch c := n[i]; {
		case c == '.':
			point = place
		case c == 'e' || c == 'E':
			power = parsePower(string(n[i+1:]))
			i = len(n)
		case c >= '0' && c <= '9':
			if c != '0' {
				if first < 0 {
					first = place
				}
				last = place
			}
			place++
		}
	}
	if first < 0 {
		return 0, 0
	}
	if point < 0 {
		point = place
	}
	return last - first + 1, point - 1 - first + power
}

// parsePower reads the exponent of a valid JSON number; one too long for any
// table counts as out of range.
func parsePower(s string) int {
	power, sign := 0, 1
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '-':
			sign = -1
		case c >= '0' && c <= '9':
			power = min(power*10+int(c-'0'), math.MaxInt32)
		}
	}
	return sign * power
}
