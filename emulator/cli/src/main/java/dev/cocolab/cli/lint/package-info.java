/** {@code lint}: what in policies, reference values and initdata cannot fit. */
package dev.cocolab.cli.lint;
