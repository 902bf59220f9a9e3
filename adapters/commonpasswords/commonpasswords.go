// Package commonpasswords knows 19,727 passwords that are tried first, because many people have them.
//
// The list is the one that Django ships for its CommonPasswordValidator: passwords from published break-ins, in lower
// case, gathered by Royce Williams (gist.github.com/roycewilliams/281ce539915a947a23db17137d91aeb7). Django is under the
// 3-clause BSD licence, which lies beside the list (LICENSE.django). This made it of the file of
// Django 3.2:
//
//	zcat django/contrib/auth/common-passwords.txt.gz | LC_ALL=C sort -u | gzip -9n > passwords.txt.gz
package commonpasswords

import (
	"bufio"
	"compress/gzip"
	_ "embed"
	"fmt"
	"strings"

	"github.com/seed-bbcc19ba/roster/domain/account"
)

//go:embed passwords.txt.gz
var packed string

// List is the list, as it lies in the program: packed, 57 KB, and nothing in memory besides. The zero List is ready for use.
type List struct{}

var _ account.CommonPasswords = List{}

// Contains implements account.CommonPasswords. It unpacks the list as far as the password would stand, which takes a
// millisecond and 50 KB at most: a password that passes is then hashed, which takes hundreds of times as long.
func (List) Contains(password string) bool {
	unpacked, err := gzip.NewReader(strings.NewReader(packed))
	if err != nil {
		panic(fmt.Errorf("the list of common passwords is damaged: %w", err))
	}
	lines := bufio.NewScanner(unpacked)
	for lines.Scan() {
		if common := lines.Bytes(); string(common) >= password { // they are sorted
			return string(common) == password
		}
	}
	if err := lines.Err(); err != nil {
		panic(fmt.Errorf("the list of common passwords is damaged: %w", err))
	}
	return false
}
