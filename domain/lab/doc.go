// Package lab is a domain of its own beside that of persons: the same work done by several
// strategies of executors side by side, and what happened to whom and when. It is how roster explains its
// concurrency.
//
// Lab does an Experiment by one Strategy after the other. What it is done to comes from a Bench: a use case over an executor,
// whose handler goes through Recorded, so that each of its batches is written down. A Report is data: Run.Figures and Run.Windows
// say what it comes to, and drawing it is an adapter's.
//
// Like package domain it imports the standard library and domain only.
package lab
