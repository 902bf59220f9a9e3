// Package jobtest holds the conformance suites of what jobs need: RunQueue is that of
// ports.JobQueue, RunStore that of ports.JobStore. An adapter that passes one can take
// the place of any other:
//
//	func TestStoreOfJobs(t *testing.T) {
//		t.Parallel()
//		jobtest.RunStore(t, jobtest.StoreHarness{
//			Open:    func(dir string) (jobtest.Store, error) { return mystore.Open(dir) },
//			Durable: true,
//			Shared:  true,
//		})
//	}
package jobtest
