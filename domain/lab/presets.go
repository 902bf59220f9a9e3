package lab

import "time"

// Presets returns the experiments that have a story, in the order in which they are best read. What a story says holds on any machine, so it
// compares and has no times but those that the experiment sets.
func Presets() []Preset {
	return []Preset{
		slowUpstream(), howManyWorkers(), waitingRoom(), burst(),
		oneWriter(), transactions(),
		onePanic(), flakyUpstream(),
	}
}

func slowUpstream() Preset {
	return Preset{
		Name:  "slow-upstream",
		Title: "One slow upstream",
		Story: "Four calls, 20 ms apart, want ten documents each. The first document of each call takes 400 ms, any other about 20 ms. " +
			"Serial has all four in one row, so the last call waits for the slow documents of everybody before it. " +
			"Batched cuts the calls into fives, but has one worker too: it is through no sooner, and because the calls that wait take turns by batches, the second and the third end nearly as late as the last. " +
			"Pooled has a worker for each call, and nobody waits for a slow document but their own. " +
			"Per-item has eight workers for single documents: four of them are held up by the slow ones, the other four get all the rest meanwhile, " +
			"and everything is there hardly later than the slow documents themselves.",
		Choice: "Where work waits for somebody else, workers are cheap and waiting in line is dear. " +
			"Take per-item where a call brings many items that have nothing to do with each other, as in fetching: it is the asynchronous fan-out. " +
			"Take pooled where a call is one piece of work that belongs together: it is the thread pool. " +
			"Serial and batched are no ways to wait.",
		Experiment: Experiment{
			Work: WorkFetch, Calls: 4, Items: 10, Gap: 20 * time.Millisecond,
			Upstream: Upstream{Latency: 20 * time.Millisecond, Jitter: 5 * time.Millisecond, Slow: 400 * time.Millisecond},
		},
		Strategies: parsed("serial,queue=4", "batched:5,queue=4", "pooled:4,queue=4", "per-item:8,queue=4"),
	}
}

func howManyWorkers() Preset {
	return Preset{
		Name:  "how-many-workers",
		Title: "How many workers?",
		Story: "Ten calls at once want twenty documents each, of about 20 ms. Two workers, eight, 32 and 128 get them. " +
			"A worker gets about fifty such documents in a second and spends that second waiting, so the first steps, of four times as many workers each, make it much faster. " +
			"The last step brings less: with 128 workers for 200 documents most get a single one, and it cannot be over before that has come. " +
			"What workers cost is seen below: each has a goroutine and a connection, so goroutines and memory grow with them.",
		Choice: "The workers that are needed are the items that come in a second, times the seconds that one takes; a few more ride out a bad minute. " +
			"More than that gain nothing, and the upstream is asked more at once than it may like: their number is also how hard you lean on somebody else.",
		Experiment: Experiment{
			Work: WorkFetch, Calls: 10, Items: 20,
			Upstream: Upstream{Latency: 20 * time.Millisecond, Jitter: 5 * time.Millisecond},
		},
		Strategies: parsed("per-item:2,queue=10", "per-item:8,queue=10", "per-item:32,queue=10", "per-item:128,queue=10"),
	}
}

func waitingRoom() Preset {
	return Preset{
		Name:  "waiting-room",
		Title: "A full waiting room",
		Story: "A hundred calls, one each 5 ms, want a document of about 50 ms: more than twice as much as four workers can do. " +
			"Without a waiting room whoever finds no worker is refused at once, and whoever is served does not wait at all. " +
			"With eight places fewer are refused, and the line is soon as long as it may be: from then on each call waits for about two documents before its own. " +
			"With a hundred places nobody is refused, and the line grows as long as calls come: the last of them waits for most of a second, and nothing is got sooner for it. " +
			"Sixteen workers are enough for what comes: hardly anybody waits, although there is just as much room to.",
		Choice: "A waiting room is for a burst, and never for a load that stays: it turns refusals into waiting, and makes nothing faster. " +
			"Let it hold what can be served within the time that a caller has, refuse the others at once, so that they may try elsewhere or later, and add workers where it is full day after day.",
		Experiment: Experiment{
			Work: WorkFetch, Calls: 100, Items: 1, Gap: 5 * time.Millisecond,
			Upstream: Upstream{Latency: 50 * time.Millisecond, Jitter: 5 * time.Millisecond},
		},
		Strategies: parsed("pooled:4", "pooled:4,queue=8", "pooled:4,queue=100", "pooled:16,queue=100"),
	}
}

func burst() Preset {
	return Preset{
		Name:  "burst",
		Title: "A burst of 1,000 checks",
		Story: "A thousand callers want a person each, all at the same moment, from a SQLite file. A look-up takes some millionths of a second and waits for nobody. " +
			"So serial is through with all of them in a moment, and the wait of the last is no more than that. " +
			"Four workers have little to gain, as there are only so many processors, and 64 are far from 64 times as fast: most of them find nothing to do, or wait for each other inside the store. " +
			"The last strategy has four workers too, but room for sixteen who wait: whoever comes while it is full is refused at once. How many that are is another number each time.",
		Choice: "Work that waits for nobody needs about as many workers as there are processors. What bounds a burst of it is the waiting room: " +
			"a room for all of them costs a goroutine for each, and is well spent where all are answered this soon. A small one keeps memory for others, and needs callers who come again.",
		Experiment: Experiment{Work: WorkCheck, Calls: 1000, Items: 1},
		Strategies: parsed("serial,queue=1000", "pooled:4,queue=1000", "pooled:64,queue=1000", "pooled:4,queue=16"),
	}
}

func oneWriter() Preset {
	return Preset{
		Name:  "one-writer",
		Title: "SQLite's one writer",
		Story: "24 calls at once save 2,000 persons each, a transaction a call. SQLite lets one connection write at a time. " +
			"Serial has the calls wait before the executor, and each bar is as long as its transaction. " +
			"With four workers the bars are longer, and with 24 all of them begin at once and end one after the other: the line is still there, but within the store, where its bars hide it. " +
			"The persons of 24 workers are far from being saved 24 times as fast: it is one writer who saves them. " +
			"What a pool may gain, most of all on a busy machine, is that the writer finds the next call in line when it is done with one, and need not wait until somebody sends it.",
		Choice: "Before a resource that serves one at a time, a worker or two more may keep it from idling, and all others buy nothing: the line only moves to where it is not seen, and each who stands in it holds a worker. " +
			"Take serial, or a small pool, and let the waiting room say who is refused. What makes such writes faster is fewer transactions, not more workers.",
		Experiment: Experiment{Work: WorkBulk, Calls: 24, Items: 2000},
		Strategies: parsed("serial,queue=24", "pooled:4,queue=24", "pooled:24"),
	}
}

func transactions() Preset {
	return Preset{
		Name:  "transactions",
		Title: "What a transaction costs",
		Story: "Four calls at once save a hundred persons each. A batch is a transaction, and each is on the disk before it is answered. " +
			"In batches of one there are 400 transactions, in tens 40, and with whole calls four; and so it gets faster by far with each step, although the same persons are saved. " +
			"Per-item has eight workers for as many transactions as batches of one: they stand in line for SQLite's one writer, and it is nowhere near eight times as fast.",
		Choice: "Save together what comes together. A batch is also what succeeds or fails as a whole: a whole call as one batch is all or nothing, which is what a bulk promises in roster. " +
			"Smaller batches are for lists that are too long for one transaction, where others have to write in between and half a list is no harm.",
		Experiment: Experiment{Work: WorkBulk, Calls: 4, Items: 100},
		Strategies: parsed("batched:1,queue=4", "batched:10,queue=4", "batched,queue=4", "per-item:8,queue=4"),
	}
}

func onePanic() Preset {
	return Preset{
		Name:  "one-panic",
		Title: "One panic",
		Story: "Six calls at once want ten documents each, of about 15 ms, and the first document of the third makes the handler panic. " +
			"With every strategy it is one batch that panics, and all of its documents fail: the ten of the call with serial and pooled, five with batches of five, the one with per-item. " +
			"Every other document is there, in the same call too. The worker goes on with the next batch, and nobody else notices anything.",
		Choice: "A panic, and any failure of a batch as a whole, takes the batch with it: so the batch is how much you are ready to lose together. " +
			"Where items must stand or fall together, as in a transaction, let the call be the batch. Where they have nothing to do with each other, per-item loses the least.",
		Experiment: Experiment{
			Work: WorkFetch, Calls: 6, Items: 10, Panic: 3,
			Upstream: Upstream{Latency: 15 * time.Millisecond, Jitter: 5 * time.Millisecond},
		},
		Strategies: parsed("serial,queue=6", "batched:5,queue=6", "pooled:3,queue=6", "per-item:8,queue=6"),
	}
}

func flakyUpstream() Preset {
	return Preset{
		Name:  "flaky-upstream",
		Title: "A flaky upstream",
		Story: "Eight calls at once want ten documents each, of 5 to 25 ms. The upstream fails about three of ten, always the same ones. " +
			"Whatever the strategy, those fail and all others are there: a failure of an item is its own, and neither its batch nor its call is lost for it. " +
			"A failure here takes as long as a document, so with each strategy it costs a worker what a success would, and nothing is over sooner or later for it.",
		Choice: "Failures of items are no reason to choose one strategy or another: look at how the time goes by, as with any upstream. " +
			"What helps is a time limit for each document, so that one which never comes does not hold its worker for good, and to try again outside of the executor's line, as roster does.",
		Experiment: Experiment{
			Work: WorkFetch, Calls: 8, Items: 10,
			Upstream: Upstream{Latency: 15 * time.Millisecond, Jitter: 10 * time.Millisecond, Failures: 0.3},
		},
		Strategies: parsed("serial,queue=8", "pooled:4,queue=8", "per-item:16,queue=8"),
	}
}

// parsed returns the strategies of a preset, which tests know to be sound.
func parsed(texts ...string) []Strategy {
	strategies := make([]Strategy, len(texts))
	for i, text := range texts {
		strategies[i], _ = ParseStrategy(text)
	}
	return strategies
}
