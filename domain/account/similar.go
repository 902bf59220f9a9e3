package account

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxSimilarity is the share of letters from which on two texts are alike.
const maxSimilarity = 0.7

// isSimilar tells whether a password is like something that everybody knows of the user, by
// the rule of Django's UserAttributeSimilarityValidator.
func isSimilar(password string, user User) bool {
	password = strings.ToLower(password)
	for _, known := range []string{user.Name, user.FirstName, user.LastName, user.Email} {
		if known == "" {
			continue
		}
		known = strings.ToLower(known)
		parts := strings.FieldsFunc(known, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) && r != '_' })
		for _, part := range append(parts, known) {
			if isAlike(password, part) {
				return true
			}
		}
	}
	return false
}

// isAlike compares two texts by the letters that both have, wherever they stand: by
// quick_ratio of Python's difflib, unless one is very much longer.
func isAlike(password, part string) bool {
	length, partLength := utf8.RuneCountInString(password), utf8.RuneCountInString(part)
	if length >= 10*partLength && float64(partLength) < maxSimilarity/2*float64(length) {
		return false
	}
	inPart := map[rune]int{}
	for _, r := range part {
		inPart[r]++
	}
	both := 0
	for _, r := range password {
		if inPart[r] > 0 {
			inPart[r]--
			both++
		}
	}
	return 2*float64(both)/float64(length+partLength) >= maxSimilarity
}
