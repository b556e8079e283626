/** The command {@code evidence}: makes, verifies and shows evidence of TEEs. */
package dev.cocolab.cli.evidence;
