package atlasdiff_test

import (
	"context"
	"fmt"

	"github.com/seed-bbcc19ba/roster/adapters/atlasdiff"
	"github.com/seed-bbcc19ba/roster/adapters/sqlitestore"
)

func ExampleDiff() {
	ctx := context.Background()
	schemas, err := sqlitestore.OpenSchemas(ctx)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer schemas.Close()
	if _, err := schemas.Written.ExecContext(ctx, "CREATE INDEX by_age ON persons_person (age)"); err != nil {
		fmt.Println(err)
		return
	}

	up, down, err := atlasdiff.Diff(ctx, schemas.Migrated, schemas.Written)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(up)
	fmt.Println(down)
	// Output:
	// [CREATE INDEX `by_age` ON `persons_person` (`age`)]
	// [DROP INDEX `by_age`]
}
