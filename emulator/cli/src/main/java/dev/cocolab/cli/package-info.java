/** The command line: data on stdout, progress on stderr, one meaning for each exit code. */
package dev.cocolab.cli;
