/** The command that writes reference values as Red Hat's {@code veritas} does. */
package dev.cocolab.cli.refvalues;
