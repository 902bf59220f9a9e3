package personfile

// A spreadsheet runs a cell that begins with = + - @, a tab or a carriage return, and takes
// an apostrophe in front for a word that it is text. One more apostrophe is put in front of such a cell
// and of one that has some already, so that taking one away gives back every cell there is.

// protect puts an apostrophe in front of a cell where a spreadsheet needs it.
func protect(cell string) (prefix string) {
	if runs(cell) {
		return "'"
	}
	return ""
}

// unprotect takes away the apostrophe that protect would have put there.
func unprotect(cell []byte) []byte {
	if len(cell) > 0 && cell[0] == '\'' && runs(cell) {
		return cell[1:]
	}
	return cell
}

// runs tells whether a cell begins, behind any number of apostrophes, with what makes a
// spreadsheet run it.
func runs[T string | []byte](cell T) bool {
	for i := range len(cell) {
		switch cell[i] {
		case '\'':
		case '=', '+', '-', '@', '\t', '\r':
			return true
		default:
			return false
		}
	}
	return false
}
