package ports

import "github.com/seed-bbcc19ba/roster/domain"

// HistoryStore writes down what is done to persons. Suite: historytest. Every PersonStore of roster
// is one too.
//
// Every call of PersonStore and of JobStore that changes persons leaves a domain.Change, or several,
// in the same transaction: both are there or neither, with the time at which the call made them, and with the
// origin of its context as domain.OriginOf returns it, which comes back equal, its Job too.
//
//   - Create leaves one that was created, with After. CreateBatch and EndChunks leave one for each run of
//     ids that follow one another; one of one person has After. A claim that was
//     answered before leaves none.
//   - Replace and Patch leave one that was edited, with Before and After; none where both are equal.
//   - Delete leaves one that was deleted, with Before, and DeleteBatch one for each person.
//   - A call that returns an error leaves none, but for one whose ctx ends during it, where the change
//     itself was made. One that changes nobody leaves none either.
//
// Changes returns them: the greatest Number first, those of one person where the query says so (a change
// of many persons is a change of each), with Numbers less than Before, at most Size.
// domain.CodeInvalid for a size below 1. A change is there until it is older than domain.HistoryLifetime, and then until TidyHistory
// removes it, which takes some of those that are older at each call, blocks nobody for long, and returns whether there are more. A Number
// is not given again.
//
// CreatedPerHour returns how many persons were created in each of the last hours, the earliest first: as many
// as are asked for, none for a number below 1, the last of which is the hour of UTC in which now lies. It
// counts from the changes, and costs as much as there are of them. CountByAge returns how many persons there are of
// each age, the least first, and costs O(n). Neither is for a request to wait for. Size returns how many bytes the data takes
// on the disk, or in memory where it lies there, about.
//
// Codes: domain.CodeCanceled and domain.CodeDeadline when ctx ended before the call or during it;
// domain.CodeUnavailable after Close.
//
// Changes outlast the store as persons do.
type HistoryStore interface {
	domain.HistoryReader
	domain.HistoryTidier
	domain.SurveyStore
}
