package cli

import (
	"context"
	"io"

	"github.com/seed-bbcc19ba/roster/app"
	"github.com/seed-bbcc19ba/roster/ports"
)

// fileFinding is something wrong with a file, for machines.
type fileFinding struct {
	Level   app.FindingLevel `json:"level"`
	ID      string           `json:"id"`
	File    string           `json:"file"`
	Message string           `json:"message"`
	Hint    string           `json:"hint"`
}

// checkFile writes what is wrong with a database file. No settings matter to it.
func checkFile(ctx context.Context, w io.Writer, file string, asJSON bool) error {
	found, err := app.NewArchivist(app.Config{}).Check(ctx, file)
	if err != nil {
		return err
	}
	findings, rows := []app.Finding{}, []fileFinding{}
	for _, finding := range found {
		level := fileLevel(finding)
		findings = append(findings, app.Finding{
			Level: level, ID: finding.ID, Setting: visible(file), Message: visible(finding.Message), Hint: visible(finding.Hint),
		})
		rows = append(rows, fileFinding{level, finding.ID, file, finding.Message, finding.Hint})
	}
	if asJSON {
		err = writeJSON(w, rows)
	} else {
		err = writeFindings(w, findings)
	}
	if err != nil {
		return err
	}
	return failOnErrors(findings)
}

func fileLevel(finding ports.FileFinding) app.FindingLevel {
	if finding.Grave {
		return app.FindingError
	}
	return app.FindingWarning
}
